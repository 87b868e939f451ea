import type { FetchNodePathSegment, FetchRewrite } from '@graphql-hive/router-query-planner';
import { getOwn, isJsonObject, type JsonObject, setOwn } from '../own.ts';
import type { Path } from '../run/failure.ts';
import type { SupergraphTypes } from './supergraph-types.ts';

/** Undoes in a subgraph's answer what the planner had to rename in its request. */
export interface OutputRewrites {
  apply(data: JsonObject): void;
  /** The path with the names that `apply` gives. */
  renamePath(path: Path): Path;
}

export function compileOutputRewrites(
  rewrites: readonly FetchRewrite[] | undefined,
  types: SupergraphTypes,
): OutputRewrites | undefined {
  if (rewrites === undefined || rewrites.length === 0) return undefined;
  const steps = rewrites.map((rewrite) => compileRewrite(rewrite, types));
  const renames = new Map(
    rewrites.flatMap((rewrite): (readonly [string, string])[] => {
      if (!('KeyRenamer' in rewrite)) return [];
      const last = rewrite.KeyRenamer.path.at(-1);
      return last !== undefined && 'Key' in last ? [[last.Key, rewrite.KeyRenamer.renameKeyTo]] : [];
    }),
  );
  return {
    apply(data) {
      for (const step of steps) step(data);
    },
    renamePath: (path) =>
      path.map((segment) => (typeof segment === 'string' ? (renames.get(segment) ?? segment) : segment)),
  };
}

function compileRewrite(rewrite: FetchRewrite, types: SupergraphTypes): (value: unknown) => void {
  if ('KeyRenamer' in rewrite) {
    const { path, renameKeyTo } = rewrite.KeyRenamer;
    return walk(path, types, (object, key) => {
      if (!Object.hasOwn(object, key)) return;
      const value = object[key];
      delete object[key];
      setOwn(object, renameKeyTo, value);
    });
  }
  const { path, setValueTo } = 'ValueSetter' in rewrite ? rewrite.ValueSetter : rewrite;
  return walk(path, types, (object, key) => {
    if (Object.hasOwn(object, key)) setOwn(object, key, setValueTo);
  });
}

function walk(
  path: readonly FetchNodePathSegment[],
  types: SupergraphTypes,
  act: (object: JsonObject, key: string) => void,
): (value: unknown) => void {
  const [segment, ...rest] = path;
  if (segment === undefined) return () => {};
  const next = walk(rest, types, act);
  const visit = (object: JsonObject): void => {
    if ('TypenameEquals' in segment) {
      const typename = object.__typename;
      const isSatisfied =
        typeof typename !== 'string' ||
        segment.TypenameEquals.some((condition) => types.satisfying(condition).has(typename));
      if (isSatisfied) next(object);
    } else if (rest.length === 0) act(object, segment.Key);
    else next(getOwn(object, segment.Key));
  };
  return function each(value) {
    if (Array.isArray(value)) value.forEach(each);
    else if (isJsonObject(value)) visit(value);
  };
}
