import type { GraphQLLeafType } from 'graphql';

/**
 * The shape of an answer: for every place what stands there, by concrete type, in the order of the answer (GraphQL §6.3, §6.4).
 * Writers are made from it.
 */
export interface ObjectShape {
  readonly id: number;
  /** `undefined`: several concrete types have the same fields here; the data's `__typename` says which it is. */
  readonly typeName: string | undefined;
  readonly fields: readonly FieldShape[];
}

export interface FieldShape {
  /** The response key. */
  readonly key: string;
  /** Where data has it. */
  readonly dataKey: string;
  readonly value: ValueShape;
}

export type ValueShape = LeafShape | ListShape | ObjectValueShape | AbstractShape | TypenameShape | IntrospectionShape;

/** A place in the answer, for errors. */
export interface Position {
  readonly isNonNull: boolean;
  readonly path: PathTemplate;
  /** `User.name` is `['User', 'name']`; the type is the data's own where `undefined`. */
  readonly coordinate: readonly [typeName: string | undefined, fieldName: string];
}

/** Response keys, and for list items which of the run's indexes has the number. */
export type PathTemplate = readonly (string | { readonly indexAt: number })[];

export interface LeafShape extends Position {
  readonly kind: 'leaf';
  readonly type: GraphQLLeafType;
}

export interface ListShape extends Position {
  readonly kind: 'list';
  readonly item: ValueShape;
  /** Which of the run's indexes counts the items. */
  readonly indexAt: number;
}

export interface ObjectValueShape extends Position {
  readonly kind: 'object';
  readonly shape: ObjectShape;
}

export interface AbstractShape extends Position {
  readonly kind: 'abstract';
  readonly typeName: string;
  readonly byType: ReadonlyMap<string, ObjectShape>;
  /**
   * For an object whose concrete type the data does not tell: an interface object, or one that needed no `__typename`. It has the
   * interface's own fields. `undefined`: the place needs the type, since it decides what is selected.
   */
  readonly untyped: ObjectShape | undefined;
  /** `__typename` values that tell no concrete type: the interface itself and interfaces that implement it. */
  readonly interfaceNames: readonly string[];
}

/** `__typename`. */
export interface TypenameShape {
  readonly kind: 'typename';
  /** `undefined`: the data's own. */
  readonly typeName: string | undefined;
}

/** A root field that the schema answers, not the data. */
export interface IntrospectionShape {
  readonly kind: 'introspection';
}
