import type { MappingNode } from './ast.ts';
import { compileNode } from './compile.ts';
import type { MappingWarning } from './evaluator.ts';
import { parseMapping } from './parser.ts';
import { type VariableReference, variableReferences } from './references.ts';
import { type Shape, shapeOf } from './shape.ts';
import type { SpecVersion } from './spec-version.ts';

export interface MappingOptions {
  /** Default: the newest. */
  readonly version?: SpecVersion;
  /** What becomes of a selected key that the data lacks. Default: `omit`. */
  readonly missing?: 'omit' | 'null';
}

/** A mapping, ready to run any number of times. */
export interface Mapping {
  readonly text: string;
  readonly node: MappingNode;
  readonly shape: Shape;
  readonly references: readonly VariableReference[];
  /**
   * Never throws.
   * @param data the value of `$` and `@` at the start
   * @param variables by name with the `$`
   * @param warn called for everything that the data lacks
   * @returns `undefined` where there is no value
   */
  evaluate(
    data: unknown,
    variables: Readonly<Record<string, unknown>>,
    warn?: (warning: MappingWarning) => void,
  ): unknown;
}

/** @throws {MappingSyntaxError} and nothing else. */
export function compileMapping(text: string, { version = '0.4', missing = 'omit' }: MappingOptions = {}): Mapping {
  const node = parseMapping(text, version);
  const evaluate = compileNode(node, text, { missing });
  return {
    text,
    node,
    shape: shapeOf(node),
    references: variableReferences(node),
    evaluate: (data, variables, warn) => evaluate(data, data, { variables, warn }),
  };
}
