import type { ExpressionNode, MappingNode, PathNode, PathStep } from './ast.ts';

/** One use of a variable: `$args.input { a b }` reads the paths `input.a` and `input.b` of `$args`. */
export interface VariableReference {
  /** With the `$`. */
  readonly name: string;
  /** The keys behind it, as far as they are written: a method ends them. Empty: the whole value. */
  readonly path: readonly string[];
  readonly offset: number;
}

/** Every variable that a mapping reads, in the order of its text; those that `->as` names are left out. */
export function variableReferences(node: MappingNode): VariableReference[] {
  const found: VariableReference[] = [];
  visit(node, new Set(), found);
  return found;
}

function visit(node: MappingNode | ExpressionNode, bound: ReadonlySet<string>, found: VariableReference[]): void {
  switch (node.kind) {
    case 'selection':
      for (const item of node.items) visit(item.value, bound, found);
      return;
    case 'path':
      visitPath(node, bound, found);
      return;
    case 'array':
      for (const item of node.items) visit(item, bound, found);
      return;
    case 'object':
      for (const [, value] of node.properties) visit(value, bound, found);
      return;
    case 'coalesce':
      for (const operand of node.operands) visit(operand, bound, found);
      return;
    case 'literal':
  }
}

function visitPath({ head, steps, offset }: PathNode, bound: ReadonlySet<string>, found: VariableReference[]): void {
  if (head.kind === 'expression') visit(head.expression, bound, found);
  if (head.kind === 'variable' && !bound.has(head.name)) {
    for (const path of keyPaths(steps)) found.push({ name: head.name, path, offset });
  }
  let known = bound;
  for (const step of steps) {
    if (step.kind === 'selection') visit(step, known, found);
    if (step.kind !== 'method') continue;
    const [target, ...values] = step.args;
    const named = step.name === 'as' && target?.kind === 'path' && target.head.kind === 'variable' && target.head.name;
    for (const arg of named ? values : step.args) visit(arg, known, found);
    if (named) known = new Set([...known, named]);
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
