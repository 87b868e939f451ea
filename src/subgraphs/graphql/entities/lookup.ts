/** A representation as federation's `_Any` carries it: `__typename` and key fields. */
export type Representation = Readonly<Record<string, unknown>>;

/** One way to find the entities of a type: a root query field of the service, called with key values. Compiled once. */
export interface Lookup {
  readonly typeName: string;
  readonly keyFields: readonly string[];
  /** The root query field. */
  readonly fieldName: string;
  /** The call's arguments as text with a hole before each piece but the first: `where: { id: `, ` }`. */
  readonly argumentPieces: readonly string[];
  /** What fills the holes, in order. A lookup that takes a list has exactly one. */
  readonly holes: readonly Hole[];
  /** Whether one call finds many entities. */
  readonly takesList: boolean;
  readonly returnsList: boolean;
  /** Whether the field's type is an interface or union, so that the entity is selected by a type condition. */
  readonly returnsAbstract: boolean;
}

/** A variable of the call. */
export interface Hole {
  /** As a variable definition writes it, such as `[ID!]!`. Non-null: an entity with a null in its key is not looked up. */
  readonly type: string;
  /** The variable's value for one representation; for a list, its item. */
  readonly read: (representation: Representation) => unknown;
}

/**
 * Identifies an entity by its key values, whatever their JSON type: a server may give an `ID` as number or string.
 * `undefined` where a value is missing or null.
 */
export function keyText(fields: readonly string[], source: Representation): string | undefined {
  let text = '';
  for (const field of fields) {
    const value = source[field];
    if (value === undefined || value === null) return undefined;
    const part = typeof value === 'object' ? JSON.stringify(value) : String(value);
    text += `${part.length}:${part}`;
  }
  return text;
}
