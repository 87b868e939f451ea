import type { ExpressionNode, MappingNode, PathNode, PathStep } from './ast.ts';

/** One use of a variable: `$args.input { a b }` reads the paths `input.a` and `input.b` of `$args`. */
export interface VariableReference {
  /** With the `$`. */
  readonly name: string;
  /** The keys behind it, as far as they are written: a method ends them. Empty: the whole value. */
  readonly path: readonly string[];
  readonly offset: number;
}

/** What a piece of a mapping stands in. */
interface Surroundings {
  /** Variables that `->as` named. */
  readonly bound: ReadonlySet<string>;
  /** Whether `$` is the data that the whole mapping is given. */
  readonly isOutermost: boolean;
}

/**
 * Every variable that a mapping reads, in the order of its text; those that `->as` names are left out. Keys of the data that the
 * mapping is given are found under the name `$`.
 */
export function variableReferences(node: MappingNode): VariableReference[] {
  const found: VariableReference[] = [];
  visit(node, { bound: new Set(), isOutermost: true }, found);
  return found;
}

function visit(node: MappingNode | ExpressionNode, around: Surroundings, found: VariableReference[]): void {
  switch (node.kind) {
    case 'selection':
      for (const item of node.items) visit(item.value, around, found);
      return;
    case 'path':
      visitPath(node, around, found);
      return;
    case 'array':
      for (const item of node.items) visit(item, around, found);
      return;
    case 'object':
      for (const [, value] of node.properties) visit(value, around, found);
      return;
    case 'coalesce':
      for (const operand of node.operands) visit(operand, around, found);
      return;
    case 'literal':
  }
}

function visitPath({ head, steps, offset }: PathNode, around: Surroundings, found: VariableReference[]): void {
  if (head.kind === 'expression') visit(head.expression, around, found);
  if (head.kind === 'variable' && !around.bound.has(head.name)) {
    for (const path of keyPaths(steps)) found.push({ name: head.name, path, offset });
  }
  if (around.isOutermost) {
    if (head.kind === 'key') found.push({ name: '$', path: [head.key], offset });
    if (head.kind === 'root' && steps[0]?.kind === 'key') found.push({ name: '$', path: [steps[0].key], offset });
  }
  let { bound } = around;
  for (const step of steps) {
    if (step.kind === 'selection') visit(step, { bound, isOutermost: false }, found);
    if (step.kind !== 'method') continue;
    const [target, ...values] = step.args;
    const named = step.name === 'as' && target?.kind === 'path' && target.head.kind === 'variable' && target.head.name;
    for (const arg of named ? values : step.args) visit(arg, { ...around, bound }, found);
    if (named) bound = new Set([...bound, named]);
  }
}

function keyPaths(steps: readonly PathStep[]): string[][] {
  const keys: string[] = [];
  for (const step of steps) {
    if (step.kind === 'key') keys.push(step.key);
    else if (step.kind === 'selection') {
      const inner = step.items.flatMap(({ value }) =>
        value.kind === 'path' && value.head.kind === 'key'
          ? keyPaths([{ ...value.head, offset: 0 }, ...value.steps])
          : [],
      );
      return inner.length === 0 ? [keys] : inner.map((path) => [...keys, ...path]);
    } else if (step.kind === 'method') break;
  }
  return [keys];
}
