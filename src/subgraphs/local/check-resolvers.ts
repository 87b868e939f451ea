import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';
import type { Complaint } from '../schema-problem.ts';
import { isMachinery, isMachineryField } from '../subgraph-schema.ts';
import { suggestName } from '../suggest-name.ts';

/** Resolvers by type and field, as `@graphql-tools/schema` takes them, and `__resolveReference` of entities. */
export type ResolverMap = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Compares a resolver map with the schema: what it names must be there, and root fields must have resolvers. */
export function checkResolvers(
  schema: GraphQLSchema,
  resolvers: unknown,
  entities: ReadonlySet<string>,
): { readonly resolvers: ResolverMap } | { readonly complaints: readonly Complaint[] } {
  if (!isRecord(resolvers)) {
    return {
      complaints: [
        {
          message: 'The default export of the resolvers is no object',
          hint: 'Export the resolver map with "export default { Query: { … } }"',
        },
      ],
    };
  }
  const complaints: Complaint[] = [];
  const typeNames = Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith('__') && !isMachinery(name));
  for (const [typeName, own] of Object.entries(resolvers)) {
    const type = typeNames.includes(typeName) ? schema.getType(typeName) : undefined;
    if (type === undefined)
      complaints.push({
        message: `Resolvers: the schema has no type "${typeName}"`,
        hint: suggestName(typeName, typeNames),
        word: typeName,
      });
    else if (!isRecord(own))
      complaints.push({
        message: `Resolvers: "${typeName}" is no object`,
        hint: 'Give an object of field resolvers',
        word: typeName,
      });
    else complaints.push(...checkType(type, own, entities));
  }
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.keys(root?.getFields() ?? {})) {
      const own = resolvers[root?.name ?? ''];
      if (isMachineryField(field) || (isRecord(own) && own[field] !== undefined)) continue;
      complaints.push({
        message: `Resolvers: "${root?.name}.${field}" has none`,
        hint: 'A root field needs a resolver: it has no parent to take its value from',
        word: root?.name ?? '',
      });
    }
    if (root === schema.getSubscriptionType() && root)
      complaints.push(...checkSubscriptions(root.name, resolvers[root.name]));
  }
  return complaints.length > 0 ? { complaints } : { resolvers: resolvers as ResolverMap };
}

function checkType(
  type: GraphQLNamedType,
  own: Readonly<Record<string, unknown>>,
  entities: ReadonlySet<string>,
): Complaint[] {
  if (isScalarType(type))
    return isSpecifiedScalarType(type)
      ? [{ message: `Resolvers: "${type.name}" is built in`, hint: 'Define a scalar of your own', word: type.name }]
      : [];
  const special =
    isUnionType(type) || isInterfaceType(type)
      ? ['__resolveType', '__resolveReference']
      : isObjectType(type)
        ? ['__isTypeOf', '__resolveReference']
        : [];
  const names =
    isObjectType(type) || isInterfaceType(type)
      ? Object.keys(type.getFields())
      : isEnumType(type)
        ? type.getValues().map((value) => value.name)
        : [];
  return Object.entries(own).flatMap(([name, resolver]): Complaint[] => {
    const at = `${type.name}.${name}`;
    if (name === '__resolveReference' && !entities.has(type.name))
      return [
        {
          message: `Resolvers: "${at}" is there, but ${type.name} has no @key`,
          hint: `Add @key to "type ${type.name}" in the SDL`,
          word: type.name,
        },
      ];
    if (!special.includes(name) && !names.includes(name))
      return [
        {
          message: `Resolvers: "${type.name}" has no ${isEnumType(type) ? 'value' : 'field'} "${name}"`,
          hint: suggestName(name, names),
          word: name,
        },
      ];
    if (isEnumType(type) || typeof resolver === 'function' || (isRecord(resolver) && !special.includes(name)))
      return [];
    return [
      {
        message: `Resolvers: "${at}" is no function`,
        hint: 'Give a function, or an object with "resolve" or "subscribe"',
        word: name,
      },
    ];
  });
}

function checkSubscriptions(typeName: string, own: unknown): Complaint[] {
  return Object.entries(isRecord(own) ? own : {}).flatMap(([name, resolver]) =>
    isRecord(resolver) && typeof resolver.subscribe === 'function'
      ? []
      : [
          {
            message: `Resolvers: "${typeName}.${name}" has no "subscribe"`,
            word: name,
            hint: `Write "${name}: { async *subscribe(parent, args, context) { yield { ${name}: … } } }"`,
          },
        ],
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
