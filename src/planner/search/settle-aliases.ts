import type { FetchNodePathSegment, OutputRewrite } from '@graphql-hive/router-query-planner';
import type { SelectedField, Selection } from './selection.ts';

/**
 * Gives response keys of their own to fields whose types conflict (GraphQL §5.3.2 SameResponseShape): objects of different types may have
 * `name: String` and `name: String!` under one key in the client's graph, where each has its own place, and not in one request.
 * @returns what renames them back, innermost first.
 */
export function settleAliases(root: Selection): readonly OutputRewrite[] {
  const rewrites: OutputRewrite[] = [];
  let count = 0;
  const settle = (selections: readonly Selection[], path: readonly FetchNodePathSegment[]): void => {
    for (const [key, byShape] of groupFields(selections)) {
      let isFirst = true;
      for (const fields of byShape.values()) {
        const responseKey = isFirst ? key : `_weir_alias_${count++}`;
        settle(
          [...fields].flatMap(({ below }) => (below === undefined ? [] : [below])),
          [...path, { Key: responseKey }],
        );
        if (!isFirst) {
          for (const field of fields) field.alias = responseKey;
          rewrites.push({ KeyRenamer: { path: [...path, { Key: responseKey }], renameKeyTo: key } });
        }
        isFirst = false;
      }
    }
  };
  settle([root], []);
  return rewrites;
}

/** All fields that may stand under one key of the same object, by their shapes. */
function groupFields(
  selections: readonly Selection[],
): ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<SelectedField>>> {
  const groups = new Map<string, Map<string, Set<SelectedField>>>();
  for (const { own, byTypes } of selections) {
    for (const fields of [own, ...[...byTypes.values()].map((part) => part.fields)]) {
      for (const field of fields.values()) {
        const byShape = groups.get(field.key) ?? new Map<string, Set<SelectedField>>();
        groups.set(field.key, byShape);
        byShape.set(field.shape, (byShape.get(field.shape) ?? new Set()).add(field));
      }
    }
  }
  return groups;
}
