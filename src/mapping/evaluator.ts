/** Something that a mapping met in the data and left out. */
export interface MappingWarning {
  readonly message: string;
  /** Index into the mapping's text. */
  readonly offset: number;
}

/** What stays the same while a mapping runs. */
export interface Frame {
  /** By name with the `$`, such as `$args`. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly warn: ((warning: MappingWarning) => void) | undefined;
}

/**
 * A compiled piece of a mapping.
 * @param current the value of `@`
 * @param root the value of `$`
 * @returns `undefined` where there is no value
 */
export type Evaluator = (current: unknown, root: unknown, frame: Frame) => unknown;
