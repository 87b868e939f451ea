import type { FlattenNodePathSegment } from '@graphql-hive/router-query-planner';
import { getOwn, type JsonObject } from '../own.ts';
import type { Path } from '../run/failure.ts';
import { Failure } from '../run/failure.ts';
import type { SupergraphTypes } from './supergraph-types.ts';

type Segment =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'items' }
  | { readonly kind: 'condition'; readonly types: ReadonlySet<string> };

/** Where a plan finds the objects that it fetches more of. */
export interface EntityPath {
  /** The root field that the path begins with; `undefined`: it begins otherwise. */
  readonly rootKey: string | undefined;
  /** Appends every object at the path; one that stands at several places comes several times. */
  collect(data: JsonObject, into: JsonObject[]): void;
  /** Visits the same objects in the same order with their places in the client's answer. */
  locate(data: JsonObject, visit: (object: JsonObject, path: Path) => void): void;
}

export function compilePath(path: readonly FlattenNodePathSegment[], types: SupergraphTypes): EntityPath {
  const segments = path.map((segment): Segment => {
    if (segment === '@') return { kind: 'items' };
    if ('Field' in segment) return { kind: 'field', name: segment.Field };
    return {
      kind: 'condition',
      types: new Set(segment.TypeCondition.flatMap((condition) => [...types.satisfying(condition)])),
    };
  });
  const [first] = segments;
  return {
    rootKey: first?.kind === 'field' ? first.name : undefined,
    collect: (data, into) => collect(data, segments, 0, into),
    locate: (data, visit) => locate(data, segments, 0, [], visit),
  };
}

function collect(start: unknown, segments: readonly Segment[], from: number, into: JsonObject[]): void {
  let value = start;
  for (let at = from; at < segments.length; at++) {
    if (typeof value !== 'object' || value === null) return;
    const segment = segments[at] as Segment;
    if (segment.kind !== 'items' && Array.isArray(value)) {
      // One `@` stands for the items of a list of lists too.
      for (let index = 0; index < value.length; index++) collect(value[index], segments, at, into);
      return;
    }
    if (segment.kind === 'field') value = getOwn(value as JsonObject, segment.name);
    else if (segment.kind === 'condition') {
      if (!satisfies(value as JsonObject, segment.types)) return;
    } else {
      if (!Array.isArray(value)) return;
      for (let index = 0; index < value.length; index++) collect(value[index], segments, at + 1, into);
      return;
    }
  }
  if (typeof value !== 'object' || value === null || value instanceof Failure) return;
  if (Array.isArray(value)) for (const item of value) collect(item, segments, segments.length, into);
  else into.push(value as JsonObject);
}

function locate(
  start: unknown,
  segments: readonly Segment[],
  from: number,
  path: Path,
  visit: (object: JsonObject, path: Path) => void,
): void {
  if (typeof start !== 'object' || start === null || start instanceof Failure) return;
  const segment = segments[from];
  if (Array.isArray(start)) {
    const next = segment?.kind === 'items' ? from + 1 : from;
    start.forEach((item, index) => {
      locate(item, segments, next, [...path, index], visit);
    });
    return;
  }
  const object = start as JsonObject;
  if (segment === undefined) visit(object, path);
  else if (segment.kind === 'field') {
    locate(getOwn(object, segment.name), segments, from + 1, [...path, segment.name], visit);
  } else if (segment.kind === 'condition' && satisfies(object, segment.types)) {
    locate(object, segments, from + 1, path, visit);
  }
}

/** An object without `__typename` has the one type that its place allows. */
function satisfies(object: JsonObject, types: ReadonlySet<string>): boolean {
  const typename = object.__typename;
  return typeof typename !== 'string' || types.has(typename);
}
