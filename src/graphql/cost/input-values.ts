import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  Kind,
  type ValueNode,
  valueFromAST,
} from 'graphql';
import type { CostRules } from './cost-rules.ts';

type Variables = Readonly<Record<string, unknown>>;

/** Reads what an argument is given; `undefined`: nothing. */
export type ReadValue = (variables: Variables) => unknown;

/** Compiles a literal, with the variables in it, to what it stands for; default values of variables are in the variables. */
export function compileValue(node: ValueNode): ReadValue {
  switch (node.kind) {
    case Kind.VARIABLE: {
      const name = node.name.value;
      return (variables) => (Object.hasOwn(variables, name) ? variables[name] : undefined);
    }
    case Kind.LIST: {
      const items = node.values.map(compileValue);
      return (variables) => items.map((read) => read(variables));
    }
    case Kind.OBJECT: {
      const fields = node.fields.map(({ name, value }) => [name.value, compileValue(value)] as const);
      return (variables) => Object.fromEntries(fields.map(([name, read]) => [name, read(variables)]));
    }
    case Kind.INT:
    case Kind.FLOAT: {
      const number = Number(node.value);
      return () => number;
    }
    case Kind.NULL:
      return () => null;
    default: {
      const { value } = node;
      return () => value;
    }
  }
}

/** The default of an argument or input field; `undefined`: none. */
export function defaultOf({ default: given, type }: GraphQLArgument | GraphQLInputField): unknown {
  if (given === undefined) return undefined;
  return given.literal === undefined ? given.value : valueFromAST(given.literal, type);
}

/**
 * What the value of an argument or input field costs: its weight, and those of the input fields in it, once for each item of a list
 * (cost specification §5.3.2.2). May be negative. Values that are not given cost nothing.
 */
export function inputCost(rules: CostRules, input: GraphQLArgument | GraphQLInputField, value: unknown): number {
  return value === undefined ? 0 : rules.inputWeight(input) + costOfFields(rules, input.type, value);
}

function costOfFields(rules: CostRules, type: GraphQLInputType, value: unknown): number {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    const items = Array.isArray(value) ? (value as readonly unknown[]) : [value];
    return items.reduce<number>((sum, item) => sum + costOfFields(rules, nullable.ofType as GraphQLInputType, item), 0);
  }
  const named = getNamedType(type);
  if (!isInputObjectType(named) || typeof value !== 'object' || value === null) return 0;
  let sum = 0;
  for (const field of Object.values(named.getFields())) {
    if (Object.hasOwn(value, field.name))
      sum += inputCost(rules, field, (value as Record<string, unknown>)[field.name]);
  }
  return sum;
}
