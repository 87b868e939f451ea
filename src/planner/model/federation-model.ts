import type { SelectionNode } from 'graphql';

/** Which subgraph resolves what, as the join directives of a supergraph say it. */
export interface FederationModel {
  /** By subgraph name, its types by name. */
  readonly subgraphs: ReadonlyMap<string, ReadonlyMap<string, SubgraphType>>;
  /** Object types that a value of the type can have, inaccessible ones included; the type itself where it is an object type. */
  possibleTypes(typeName: string): readonly string[];
  /** Whether an object of the type satisfies a type condition. */
  satisfies(objectName: string, condition: string): boolean;
  /** The named type of a field in the supergraph. */
  fieldTypeName(typeName: string, fieldName: string): string | undefined;
  readonly rootTypes: ReadonlyMap<'query' | 'mutation' | 'subscription', string>;
  /** Everything that an object of the type can be asked of as an entity. */
  entriesFor(objectName: string): readonly Entry[];
  /** Everything that has the interface with keys of its own: interface objects and entity interfaces. */
  interfaceEntriesFor(interfaceName: string): readonly Entry[];
  /** The type as one subgraph has it. */
  entryAt(subgraph: string, typeName: string): Entry | undefined;
}

/**
 * A type at a subgraph: where the planner can stand. Equal entries are the same object.
 * For an object type, `type` may be an interface object that stands for it.
 */
export interface Entry {
  readonly id: number;
  readonly subgraph: string;
  readonly type: SubgraphType;
}

/** A composite type as one subgraph has it. */
export interface SubgraphType {
  readonly name: string;
  readonly kind: 'object' | 'interface' | 'union' | 'interfaceObject';
  readonly fields: ReadonlyMap<string, SubgraphField>;
  /** Field sets by which the subgraph resolves entities. */
  readonly keys: readonly FieldSet[];
  /** Object types that the subgraph can answer; for an interface object all that the supergraph has. */
  readonly members: readonly string[];
}

export interface SubgraphField {
  readonly name: string;
  /** The subgraph's own type of the field. */
  readonly typeName: string;
  readonly isList: boolean;
  /** The type's text, with `{}` in place of the name of a composite type: fields of one shape may share a response key (GraphQL §5.3.2). */
  readonly shape: string;
  /** Known to the subgraph, but not resolved by it. */
  readonly isExternal: boolean;
  readonly requires: FieldSet | undefined;
  readonly provides: FieldSet | undefined;
}

/** The selections of a `join__FieldSet`; equal texts are the same object. */
export interface FieldSet {
  readonly text: string;
  readonly selections: readonly SelectionNode[];
}
