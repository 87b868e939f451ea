import { type ConstDirectiveNode, type ConstValueNode, Kind } from 'graphql';

/** The value of a directive's argument as it stands in the document. */
export function argumentValue(directive: ConstDirectiveNode | undefined, name: string): ConstValueNode | undefined {
  return directive?.arguments?.find((argument) => argument.name.value === name)?.value;
}

/** A directive's argument where it is a string, otherwise `undefined`. */
export function stringArgument(directive: ConstDirectiveNode | undefined, name: string): string | undefined {
  const value = argumentValue(directive, name);
  return value?.kind === Kind.STRING ? value.value : undefined;
}
