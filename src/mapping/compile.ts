import { findNearest } from '../nearest.ts';
import type { ExpressionNode, MappingNode, MethodNode, PathHead, PathNode, PathStep, SelectionNode } from './ast.ts';
import type { Evaluator, Frame } from './evaluator.ts';
import { getOwn, isObject, mergeOwn, mergeValues, setOwn, typeName } from './json-data.ts';
import type { MatchPair } from './methods/method.ts';
import { METHODS } from './methods/method-table.ts';
import { selectedNames } from './shape.ts';
import { MappingSyntaxError } from './syntax-error.ts';

export interface CompileOptions {
  /** What becomes of a selected key that the data lacks: left out, or null so that "selected" shows in the output. */
  readonly missing: 'omit' | 'null';
}

/** Arrays within arrays that keys and selections look through; deeper ones count as missing. */
const MAX_ARRAY_DEPTH = 16;

/** @throws {MappingSyntaxError} for methods that do not exist or get the wrong arguments. */
export function compileNode(node: MappingNode, text: string, options: CompileOptions): Evaluator {
  const compiler = new Compiler(text, options.missing === 'null');
  return node.kind === 'path' ? compiler.path(node) : compiler.selection(node);
}

class Compiler {
  readonly #text: string;
  readonly #fillsMissing: boolean;

  constructor(text: string, fillsMissing: boolean) {
    this.#text = text;
    this.#fillsMissing = fillsMissing;
  }

  selection(node: SelectionNode): Evaluator {
    const items = node.items.map((item) => ({
      name: item.name,
      // Keys of a spread object, to be filled in where there is no object.
      spreadNames: item.name === undefined && this.#fillsMissing ? (selectedNames(item.value) ?? []) : [],
      offset: item.offset,
      evaluate: item.value.kind === 'path' ? this.path(item.value) : this.selection(item.value),
    }));
    const fillsMissing = this.#fillsMissing;

    const build = (value: unknown, frame: Frame): unknown => {
      const output: Record<string, unknown> = {};
      let hasOutput = false;
      for (const { name, spreadNames, offset, evaluate } of items) {
        const result = evaluate(value, value, frame);
        if (result !== undefined) hasOutput = true;
        if (name !== undefined) {
          if (result !== undefined) setOwn(output, name, mergeValues(getOwn(output, name), result));
          else if (fillsMissing && !Object.hasOwn(output, name)) setOwn(output, name, null);
        } else if (isObject(result)) mergeOwn(output, result);
        else {
          if (result !== null && result !== undefined) {
            frame.warn?.({ message: `Only an object can be spread, got ${typeName(result)}`, offset });
          }
          for (const key of spreadNames) if (!Object.hasOwn(output, key)) setOwn(output, key, null);
        }
      }
      // A scalar or null that nothing could be selected from stays what it is.
      return hasOutput || isObject(value) ? output : value;
    };
    const apply = (value: unknown, frame: Frame, depth: number): unknown => {
      if (!Array.isArray(value)) return build(value, frame);
      if (depth > MAX_ARRAY_DEPTH) return undefined;
      return value.map((element) => apply(element, frame, depth + 1) ?? null);
    };
    return (current, _root, frame) => apply(current, frame, 0);
  }

  path(node: PathNode): Evaluator {
    const isOptional = node.steps[0]?.kind === 'question';
    return chain(this.#head(node.head, node.offset, isOptional), this.#steps(node.steps));
  }

  #head(head: PathHead, offset: number, isOptional: boolean): Evaluator {
    switch (head.kind) {
      case 'root':
        return (_current, root) => root;
      case 'current':
        return (current) => current;
      case 'key': {
        const select = selectKey(head.key, offset, isOptional);
        return (_current, root, frame) => select(root, root, frame);
      }
      case 'expression':
        return this.#expression(head.expression);
      case 'variable': {
        const { name } = head;
        return (_current, _root, frame) => {
          const value = getOwn(frame.variables, name);
          if (value === undefined && !isOptional) frame.warn?.({ message: `${name} has no value`, offset });
          return value;
        };
      }
    }
  }

  #steps(steps: readonly PathStep[]): Evaluator[] {
    const evaluators: Evaluator[] = [];
    for (const [index, step] of steps.entries()) {
      if (step.kind === 'method' && step.name === 'as') {
        evaluators.push(this.#bind(step, this.#steps(steps.slice(index + 1))));
        break;
      }
      evaluators.push(this.#step(step, steps[index + 1]?.kind === 'question'));
    }
    return evaluators;
  }

  #step(step: PathStep, isOptional: boolean): Evaluator {
    switch (step.kind) {
      case 'key':
        return selectKey(step.key, step.offset, isOptional);
      case 'question':
        return (current) => current ?? undefined;
      case 'selection':
        return this.selection(step);
      case 'method':
        return this.#method(step);
    }
  }

  #method(node: MethodNode): Evaluator {
    const { name, offset } = node;
    const method = METHODS.get(name);
    if (method === undefined) {
      const known = findNearest(name, [...METHODS.keys(), 'as']);
      throw this.#error(
        `There is no method "->${name}"${known === undefined ? '' : `; did you mean "->${known}"?`}`,
        offset,
      );
    }
    const { minArgs, maxArgs } = method;
    const count = node.args.length;
    if (count < minArgs || count > maxArgs) {
      const range =
        minArgs === maxArgs ? `${minArgs}` : maxArgs === Infinity ? `at least ${minArgs}` : `${minArgs} to ${maxArgs}`;
      throw this.#error(`"->${name}" takes ${range} argument${range === '1' ? '' : 's'}, got ${count}`, offset);
    }
    const call = {
      name,
      offset,
      args: method.takesPairs ? [] : node.args.map((arg) => this.#expression(arg)),
      pairs: method.takesPairs ? node.args.map((arg) => this.#pair(arg, name)) : [],
    };
    return (current, root, frame) => method.apply(current, call, root, frame);
  }

  #pair(arg: ExpressionNode, method: string): MatchPair {
    const items = arg.kind === 'array' ? arg.items : [];
    const [first, second] = items;
    if (first === undefined || items.length > 2) {
      throw this.#error(`"->${method}" takes [candidate, value] pairs and a last [default]`, arg.offset);
    }
    if (second === undefined) return { candidate: undefined, value: this.#expression(first) };
    return { candidate: this.#expression(first), value: this.#expression(second) };
  }

  /** `->as($name)`, or `->as($name, value)`: the rest of the path knows the variable; its input is what `->as` got. */
  #bind(node: MethodNode, rest: readonly Evaluator[]): Evaluator {
    const [target, bound] = node.args;
    if (target?.kind !== 'path' || target.head.kind !== 'variable' || target.steps.length > 0 || node.args.length > 2) {
      throw this.#error('"->as" takes a $variable, and its value if that is not the input', node.offset);
    }
    const { name } = target.head;
    const evaluate = bound === undefined ? undefined : this.#expression(bound);
    const runRest = chain((current) => current, rest);
    return (current, root, frame) => {
      const value = evaluate === undefined ? current : evaluate(current, root, frame);
      return runRest(current, root, { warn: frame.warn, variables: { ...frame.variables, [name]: value } });
    };
  }

  #expression(node: ExpressionNode): Evaluator {
    switch (node.kind) {
      case 'literal': {
        const { value } = node;
        return () => value;
      }
      case 'path':
        return this.path(node);
      case 'array': {
        const items = node.items.map((item) => this.#expression(item));
        return (current, root, frame) => items.map((evaluate) => evaluate(current, root, frame) ?? null);
      }
      case 'object': {
        const properties = node.properties.map(([key, value]) => ({ key, evaluate: this.#expression(value) }));
        return (current, root, frame) => {
          const object: Record<string, unknown> = {};
          for (const { key, evaluate } of properties) {
            const value = evaluate(current, root, frame);
            if (value !== undefined) setOwn(object, key, value);
          }
          return object;
        };
      }
      case 'coalesce': {
        const operands = node.operands.map((operand) => this.#expression(operand));
        const skipsNull = node.operator === '??';
        return (current, root, frame) => {
          let value: unknown;
          for (const evaluate of operands) {
            value = evaluate(current, root, frame);
            if (value !== undefined && !(skipsNull && value === null)) return value;
          }
          return value;
        };
      }
    }
  }

  #error(message: string, offset: number): MappingSyntaxError {
    return new MappingSyntaxError(message, this.#text, offset);
  }
}

function chain(head: Evaluator, steps: readonly Evaluator[]): Evaluator {
  if (steps.length === 0) return head;
  return (current, root, frame) => {
    let value = head(current, root, frame);
    for (const step of steps) {
      if (value === undefined) return undefined;
      value = step(value, root, frame);
    }
    return value;
  };
}

function selectKey(key: string, offset: number, isOptional: boolean): Evaluator {
  const select = (value: unknown, frame: Frame, depth: number): unknown => {
    if (Array.isArray(value)) {
      if (depth > MAX_ARRAY_DEPTH) return undefined;
      return value.map((element) => select(element, frame, depth + 1) ?? null);
    }
    const found = isObject(value) ? getOwn(value, key) : undefined;
    if (found === undefined && !isOptional && frame.warn !== undefined) {
      frame.warn({ message: `There is no "${key}" in ${typeName(value)}`, offset });
    }
    return found;
  };
  return (current, _root, frame) => select(current, frame, 0);
}
