import type { Position } from './config-error.ts';

/** Where a value of the config is written, and how. Mirrors the data: one for each mapping, list and scalar. */
export interface Place extends Position {
  readonly file: string;
  /** Where its key is written; absent for list items and the top. */
  readonly key?: Position;
  /** For messages: a scalar as the file has it, before interpolation and not too long; otherwise the kind of thing. */
  readonly written: string;
  /** A text that may stand for a number or boolean: it comes from the environment or the command line. */
  readonly isUntyped: boolean;
  /** Part of the value comes from the environment: no message may hold it. */
  readonly isSecret: boolean;
  /** The value is unknown, since interpolation failed; that is reported already. */
  readonly isUnknown: boolean;
  readonly children: Map<string | number, Place>;
}

/** The place of the value at `path`, or `undefined` if nothing is written there. */
export function placeAt(top: Place, path: readonly PropertyKey[]): Place | undefined {
  return path.reduce<Place | undefined>((place, key) => place?.children.get(key as string | number), top);
}

/** The innermost place on the way to `path` that is written. */
export function nearestPlace(top: Place, path: readonly PropertyKey[]): Place {
  let place = top;
  for (const key of path) {
    const child = place.children.get(key as string | number);
    if (child === undefined) break;
    place = child;
  }
  return place;
}
