import type { FieldNode, GraphQLField } from 'graphql';
import type { CostRules, ListSize } from './cost-rules.ts';
import { compileValue, defaultOf, type ReadValue } from './input-values.ts';

type Variables = Readonly<Record<string, unknown>>;

/** How many items a list is taken to have, for the variables of a request. */
export type Length = (variables: Variables) => number;

/** A slicing argument is missing, or there are several, where a field asks for one (cost specification §8.4). */
export interface SlicingBreach {
  readonly coordinate: string;
  readonly slicingArguments: readonly string[];
  readonly given: number;
}

/** Tells of a breach while lengths are read. */
export type OnBreach = (breach: SlicingBreach) => void;

/**
 * The length that `@listSize` gives: the largest value of the slicing arguments, else the assumed size, else the default.
 * A variable whose value is not known counts as if the argument were not there.
 */
export function compileLength(
  size: ListSize,
  coordinate: string,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  rules: CostRules,
  onBreach?: OnBreach,
): Length {
  const fallback = size.assumedSize ?? rules.defaultListSize;
  if (size.slicingArguments.length === 0) return () => fallback;
  const readers = size.slicingArguments.map((path) => compileReader(path, field, node));
  const slicingArguments = size.slicingArguments.map((path) => path.join('.'));
  return (variables) => {
    let given = 0;
    let longest: number | undefined;
    for (const read of readers) {
      const value = read(variables);
      if (value === undefined || value === null) continue;
      given += 1;
      if (typeof value === 'number') longest = Math.max(longest ?? 0, value);
      else if (Array.isArray(value)) longest = Math.max(longest ?? 0, value.length);
    }
    if (size.requireOneSlicingArgument && given !== 1) onBreach?.({ coordinate, slicingArguments, given });
    return longest ?? fallback;
  };
}

/** Reads a path of an argument, such as `page.limit`. */
function compileReader(path: readonly string[], field: GraphQLField<unknown, unknown>, node: FieldNode): ReadValue {
  const [name, ...rest] = path;
  const definition = field.args.find((argument) => argument.name === name);
  const fallback = definition === undefined ? undefined : defaultOf(definition);
  const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
  const read = given === undefined ? () => undefined : compileValue(given);
  return (variables) => {
    const value = read(variables);
    return rest.reduce<unknown>(
      (at, key) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, key)
          ? (at as Record<string, unknown>)[key]
          : undefined,
      value === undefined ? fallback : value,
    );
  };
}
