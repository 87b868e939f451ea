/** A whole mapping: an object built from named values, or one value. */
export type MappingNode = SelectionNode | PathNode;

/** `{ a b: c }`: an object built of the value that it stands behind. */
export interface SelectionNode {
  readonly kind: 'selection';
  readonly items: readonly SelectionItemNode[];
  readonly offset: number;
}

export interface SelectionItemNode {
  /** The key of the output; `undefined`: the value is an object whose keys are spread into the output. */
  readonly name: string | undefined;
  readonly value: PathNode | SelectionNode;
  readonly offset: number;
}

export interface PathNode {
  readonly kind: 'path';
  readonly head: PathHead;
  readonly steps: readonly PathStep[];
  readonly offset: number;
}

export type PathHead =
  /** `$`: what the closest selection stands behind. */
  | { readonly kind: 'root' }
  /** `@`: the value at hand, such as the input of a method. */
  | { readonly kind: 'current' }
  /** `$args`; `name` has the `$`. */
  | { readonly kind: 'variable'; readonly name: string }
  /** `a`, short for `$.a`. */
  | { readonly kind: 'key'; readonly key: string }
  /** `$(…)`, or a literal that steps follow. */
  | { readonly kind: 'expression'; readonly expression: ExpressionNode };

export type PathStep =
  | { readonly kind: 'key'; readonly key: string; readonly offset: number }
  | MethodNode
  | { readonly kind: 'question'; readonly offset: number }
  | SelectionNode;

export interface MethodNode {
  readonly kind: 'method';
  readonly name: string;
  readonly args: readonly ExpressionNode[];
  readonly offset: number;
}

export type ExpressionNode =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null; readonly offset: number }
  | {
      readonly kind: 'object';
      readonly properties: readonly (readonly [string, ExpressionNode])[];
      readonly offset: number;
    }
  | { readonly kind: 'array'; readonly items: readonly ExpressionNode[]; readonly offset: number }
  /** `a ?? b`: the first that is neither missing nor null; `a ?! b`: the first that is not missing. */
  | {
      readonly kind: 'coalesce';
      readonly operator: '??' | '?!';
      readonly operands: readonly ExpressionNode[];
      readonly offset: number;
    }
  | PathNode;
