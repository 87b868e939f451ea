import type { GraphQLSchema } from 'graphql';
import type { Connector } from './connector.ts';
import { type KeyTree, keyTreeOf } from './entity-key.ts';

/** A connector that gives an object of a type for a key. */
export interface EntityConnector {
  readonly connector: Connector;
  readonly typeName: string;
  readonly key: KeyTree;
  /** How the connector gets the key: as the arguments of its field, as the object, or as one of a list of objects. */
  readonly keyVariable: '$args' | '$this' | '$batch';
  /** Whether its selection gives a field of the type. */
  gives(fieldName: string): boolean;
}

/** The connectors by what they give. */
export interface ConnectorGraph {
  readonly schema: GraphQLSchema;
  readonly connectors: readonly Connector[];
  /** By coordinate, such as `Query.user`. A field with several connectors is served by the first. */
  readonly byField: ReadonlyMap<string, Connector>;
  /** By type. */
  readonly entities: ReadonlyMap<string, readonly EntityConnector[]>;
}

/** @param fieldType - the name of the type that a field has, lists and non-null looked through. */
export function linkConnectors(
  schema: GraphQLSchema,
  connectors: readonly Connector[],
  fieldType: FieldType,
): ConnectorGraph {
  const byField = new Map<string, Connector>();
  const entities = new Map<string, EntityConnector[]>();
  const addEntity = (
    typeName: string | undefined,
    connector: Connector,
    keyVariable: EntityConnector['keyVariable'],
  ) => {
    const key = keyTreeOf(connector.references, keyVariable);
    if (typeName === undefined || key.size === 0) return;
    const { shape } = connector.selection;
    const gives = (name: string) => shape.kind !== 'object' || shape.fields.has(name);
    const entity = { connector, typeName, key, keyVariable, gives };
    entities.set(typeName, [...(entities.get(typeName) ?? []), entity]);
  };
  for (const connector of connectors) {
    const { typeName, fieldName } = connector;
    if (fieldName === undefined) {
      const isBatch = connector.references.some(({ name }) => name === '$batch');
      addEntity(typeName, connector, isBatch ? '$batch' : '$this');
      continue;
    }
    const coordinate = `${typeName}.${fieldName}`;
    if (!byField.has(coordinate)) byField.set(coordinate, connector);
    if (connector.isEntity) addEntity(fieldType(typeName, fieldName), connector, '$args');
  }
  // One call for many objects is better than one for each.
  const rank = ({ keyVariable }: EntityConnector): number => (keyVariable === '$batch' ? 0 : 1);
  for (const list of entities.values()) list.sort((a, b) => rank(a) - rank(b));
  return { schema, connectors, byField, entities };
}

export type FieldType = (typeName: string, fieldName: string) => string | undefined;

/** The fields of the parent object that a field's connector reads as `$this`. */
export function parentFields(connector: Connector): string[] {
  return [...keyTreeOf(connector.references, '$this').keys()];
}

/**
 * Every field that an object of the type has or gets, when these are known of it.
 * @param known - with what is known within them; fields without selections are known whole.
 */
export function reachableFields(graph: ConnectorGraph, typeName: string, known: KeyTree): Set<string> {
  const reached = new Set(known.keys());
  const type = graph.schema.getType(typeName);
  const names = type !== undefined && 'getFields' in type ? Object.keys(type.getFields()) : [];
  const hasKey = (key: KeyTree): boolean =>
    [...key].every(([name, inner]) => reached.has(name) && containsKey(known.get(name), inner));
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const entity of graph.entities.get(typeName) ?? []) {
      if (!hasKey(entity.key)) continue;
      for (const name of names) if (entity.gives(name)) reached.add(name);
    }
    for (const name of names) {
      const connector = graph.byField.get(`${typeName}.${name}`);
      if (connector !== undefined && parentFields(connector).every((field) => reached.has(field))) reached.add(name);
    }
  }
  return reached;
}

function containsKey(known: KeyTree | undefined, key: KeyTree): boolean {
  if (known === undefined || known.size === 0) return true;
  return [...key].every(([name, inner]) => known.has(name) && containsKey(known.get(name), inner));
}
