import { type GraphQLObjectType, GraphQLScalarType, Kind, type SelectionSetNode, valueFromASTUntyped } from 'graphql';
import type { Fixture, FixtureContext, FixtureResolver, Thing } from './fixture.ts';

/** Computes a field of a thing from a fixture's data; `interfaces` are those of the type. */
export type ResolveField = (typeName: string, interfaces: readonly string[], fieldName: string) => FixtureResolver;

export function createFieldResolvers({ resolvers }: Fixture): ResolveField {
  return (typeName, interfaces, fieldName) => {
    for (const name of [typeName, ...interfaces]) {
      const entry = resolvers[name];
      if (entry === undefined || entry instanceof GraphQLScalarType) continue;
      if (Object.hasOwn(entry, fieldName)) return entry[fieldName] as FixtureResolver;
    }
    return (source: Thing) => source[fieldName];
  };
}

export function interfaceNames(type: GraphQLObjectType): readonly string[] {
  return type.getInterfaces().map(({ name }) => name);
}

/** The concrete type of a thing. */
export function typeNameOf(
  { resolvers }: Fixture,
  abstractType: string,
  thing: Thing,
  context: FixtureContext,
): string {
  const entry = resolvers[abstractType];
  const resolve = entry === undefined || entry instanceof GraphQLScalarType ? undefined : entry.__resolveType;
  return String(resolve === undefined ? thing.__typename : resolve(thing, {}, context));
}

/** The fields of a thing that a field set names, as a representation would carry them. */
export function selectFieldSet(
  resolveField: ResolveField,
  { selections }: SelectionSetNode,
  typeName: string,
  thing: Thing,
  context: FixtureContext,
): Record<string, unknown> {
  const selected: Record<string, unknown> = {};
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value ?? thing.__typename;
      if (condition !== thing.__typename) continue;
      Object.assign(selected, selectFieldSet(resolveField, selection.selectionSet, typeName, thing, context));
      continue;
    }
    const args = Object.fromEntries(
      (selection.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
    );
    const value = resolveField(typeName, [], selection.name.value)(thing, args, context);
    const { selectionSet } = selection;
    selected[selection.name.value] =
      selectionSet === undefined
        ? value
        : mapObjects(value, (item) => ({
            ...(item.__typename !== undefined && { __typename: item.__typename }),
            ...selectFieldSet(resolveField, selectionSet, String(item.__typename ?? ''), item, context),
          }));
  }
  return selected;
}

function mapObjects(value: unknown, map: (item: Thing) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, map));
  return value == null ? null : map(value as Thing);
}
