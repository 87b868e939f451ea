import { type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType, isScalarType } from 'graphql';
import { ExactNumber } from '../../mapping/exact-number.ts';
import { isObject, setOwn } from '../../mapping/json-data.ts';

/**
 * Makes of texts, which is all that paths and queries have, what a type asks for: numbers, booleans, lists of one. What does not fit
 * stays as it is, for GraphQL to refuse (§6.1.2).
 */
export function coerceTexts(value: unknown, type: GraphQLInputType): unknown {
  if (value === null || value === undefined) return value;
  if (isNonNullType(type)) return coerceTexts(value, type.ofType);
  if (isListType(type)) {
    return (Array.isArray(value) ? value : [value]).map((item) => coerceTexts(item, type.ofType));
  }
  if (isInputObjectType(type)) {
    if (!isObject(value)) return value;
    const fields = type.getFields();
    const object: Record<string, unknown> = {};
    for (const [name, own] of Object.entries(value)) {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      setOwn(object, name, field === undefined ? own : coerceTexts(own, field.type));
    }
    return object;
  }
  if (isEnumType(type) || !isScalarType(type)) return value;
  if (value instanceof ExactNumber)
    return type.name === 'Float' || type.name === 'Int' ? Number(value.text) : value.text;
  return typeof value === 'string' ? coerceText(value, type.name) : value;
}

function coerceText(text: string, scalar: string): unknown {
  if (scalar === 'Int' && /^-?\d+$/.test(text)) return Number(text);
  if (scalar === 'Float' && /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (scalar === 'Boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
