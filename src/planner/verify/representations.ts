import type { FetchRewrite, RequiresSelection } from '@graphql-hive/router-query-planner';
import { Kind, type SelectionNode } from 'graphql';
import type { FederationModel, FieldSet } from '../model/federation-model.ts';
import type { KnownField, Site } from './site.ts';

/** What a plan says of representations of a type; `undefined`: such objects have none. */
export function representationOf(
  model: FederationModel,
  requires: readonly RequiresSelection[],
  type: string,
): readonly RequiresSelection[] | undefined {
  const applicable = requires.filter(
    (selection) => selection.kind === 'InlineFragment' && model.satisfies(type, selection.typeCondition),
  );
  if (applicable.length === 0) return undefined;
  return applicable.flatMap((selection) => (selection.kind === 'InlineFragment' ? selection.selections : []));
}

/** The `__typename` that a representation carries. */
export function representedAs(model: FederationModel, rewrites: readonly FetchRewrite[], type: string): string {
  for (const rewrite of rewrites) {
    const setter = 'ValueSetter' in rewrite ? rewrite.ValueSetter : 'KeyRenamer' in rewrite ? undefined : rewrite;
    const [condition, key] = setter?.path ?? [];
    const isOfType =
      condition !== undefined &&
      'TypenameEquals' in condition &&
      condition.TypenameEquals.some((name) => model.satisfies(type, name));
    if (setter !== undefined && isOfType && key !== undefined && 'Key' in key && key.Key === '__typename') {
      return setter.setValueTo;
    }
  }
  return type;
}

/** The keys that a rewrite renames, from the name in the representation before to the one after. */
export function renamedKeys(rewrites: readonly FetchRewrite[]): ReadonlyMap<string, string> {
  return new Map(
    rewrites.flatMap((rewrite): readonly (readonly [string, string])[] => {
      if (!('KeyRenamer' in rewrite)) return [];
      const last = rewrite.KeyRenamer.path.at(-1);
      return last !== undefined && 'Key' in last ? [[last.Key, rewrite.KeyRenamer.renameKeyTo]] : [];
    }),
  );
}

/** The first thing that the data does not have of what representations hold. */
export function findUnknown(
  model: FederationModel,
  site: Site,
  types: readonly string[],
  selections: readonly RequiresSelection[],
): string | undefined {
  for (const selection of selections) {
    if (selection.kind === 'InlineFragment') {
      const narrowed = types.filter((type) => model.satisfies(type, selection.typeCondition));
      const unknown = findUnknown(model, site, narrowed, selection.selections);
      if (unknown !== undefined) return unknown;
    } else if (selection.kind === 'Field') {
      for (const type of types) {
        const field = knownField(model, site, type, selection.name);
        if (field === undefined) return `${type}.${selection.name}`;
        const nested = selection.selections ?? [];
        if (nested.length === 0 || field.below === undefined) continue;
        const unknown = findUnknown(model, field.below, [...field.below.byType.keys()], nested);
        if (unknown !== undefined) return unknown;
      }
    }
  }
  return undefined;
}

/**
 * A field of objects of a type: also where it was learnt of an interface that stands for it, or, of such an interface, where it was learnt
 * of each of its types.
 */
export function knownField(model: FederationModel, site: Site, type: string, key: string): KnownField | undefined {
  const own = site.byType.get(type)?.get(key);
  if (own !== undefined || key === '__typename') return own;
  const standIn = standInFor(model, site, type);
  if (standIn !== undefined) return site.byType.get(standIn)?.get(key);
  const objects = model.possibleTypes(type).filter((object) => object !== type);
  const known = objects.map((object) => site.byType.get(object)?.get(key));
  return known.every((field) => field !== undefined) ? known[0] : undefined;
}

/** The interface that stands at a site for objects whose type nobody told, where the type is one of its own. */
export function standInFor(model: FederationModel, site: Site, type: string): string | undefined {
  for (const name of site.byType.keys()) {
    if (name !== type && !model.possibleTypes(name).includes(name) && model.satisfies(type, name)) return name;
  }
  return undefined;
}

/** Whether representations hold a field set. */
export function holdsFieldSet(
  selections: readonly RequiresSelection[],
  { selections: wanted }: Pick<FieldSet, 'selections'>,
  renamed: ReadonlyMap<string, string>,
): boolean {
  return wanted.every((selection: SelectionNode) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return false;
    const nested = selection.selectionSet?.selections;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value;
      return selections.some(
        (held) =>
          held.kind === 'InlineFragment' &&
          held.typeCondition === condition &&
          holdsFieldSet(held.selections, { selections: nested ?? [] }, renamed),
      );
    }
    const matching = selections.filter((held) => {
      if (held.kind !== 'Field') return false;
      const key = held.alias ?? held.name;
      return (renamed.get(key) ?? key) === selection.name.value;
    });
    if (matching.length === 0) return false;
    const below = matching.flatMap((held) => (held.kind === 'Field' ? (held.selections ?? []) : []));
    return nested === undefined || holdsFieldSet(below, { selections: nested }, renamed);
  });
}
