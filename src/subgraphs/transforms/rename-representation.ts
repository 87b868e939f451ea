import { type GraphQLNamedType, type GraphQLSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql';
import type { Names } from './names.ts';

/** A representation (`__typename`, key fields, required fields) in the upstream's names; what is renamed is copied. */
export function renameRepresentation(
  value: unknown,
  schema: GraphQLSchema,
  names: Names,
  declared?: GraphQLNamedType,
): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => renameRepresentation(item, schema, names, declared));
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Readonly<Record<string, unknown>>;
  const typename = typeof object.__typename === 'string' ? object.__typename : undefined;
  const atUpstream = typename && (names.typeAtUpstream.get(typename) ?? typename);
  const type = atUpstream === undefined ? declared : schema.getType(atUpstream);
  if (!isObjectType(type) && !isInterfaceType(type)) {
    return atUpstream === undefined ? value : { ...object, __typename: atUpstream };
  }
  const fields = type.getFields();
  const renames = names.fieldAtUpstream.get(type.name);
  // Object.fromEntries makes own properties of every name, `__proto__` too.
  return Object.fromEntries(
    Object.entries(object).map(([name, inner]) => {
      if (name === '__typename') return [name, atUpstream];
      const field = renames?.get(name) ?? name;
      const definition = Object.hasOwn(fields, field) ? fields[field] : undefined;
      const isObject = typeof inner === 'object' && inner !== null && definition !== undefined;
      return [field, isObject ? renameRepresentation(inner, schema, names, getNamedType(definition.type)) : inner];
    }),
  );
}
