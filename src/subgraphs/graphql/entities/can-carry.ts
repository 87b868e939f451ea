import {
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isLeafType,
  isListType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';

/** Pairs of different built-in scalars that are one on the wire: an `ID` is read from a string or an integer. */
const ALSO = new Set(['ID>String', 'String>ID', 'Int>ID', 'Int>Float']);

/** Whether a value of a key field, as the service's JSON has it, is an input of this type. Custom scalars are trusted. */
export function canCarry(output: GraphQLOutputType, input: GraphQLInputType): boolean {
  if (isListType(input)) return false;
  const from = getNamedType(output);
  const to = getNamedType(input);
  if (!isLeafType(to)) return false;
  if (from.name === to.name || ALSO.has(`${from.name}>${to.name}`)) return true;
  const isCustom = (type: unknown) => isScalarType(type) && !isSpecifiedScalarType(type);
  return isScalarType(from) && isScalarType(to) && (isCustom(from) || isCustom(to));
}
