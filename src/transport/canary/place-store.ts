import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Redis } from 'ioredis';

/** How far a rollout is. */
export interface Place {
  readonly version: string;
  readonly step: number;
  /** Percent. */
  readonly weight: number;
  readonly status: 'running' | 'promoted' | 'rolled_back';
  /** Failed checks in a row. */
  readonly failures: number;
  /** Milliseconds since 1970 of the last decision. */
  readonly sinceEpochMs: number;
}

/** Keeps the place of a rollout across restarts, and for several processes. */
export interface PlaceStore {
  load(): Promise<Place | undefined>;
  /** Writes unless another process wrote since `previous` was loaded; false: it did. */
  save(place: Place, previous: Place | undefined): Promise<boolean>;
}

/** Keeps the place for as long as the process lives. */
export function memoryPlaceStore(initial: Place | undefined): PlaceStore {
  let kept = initial;
  return {
    load: () => Promise.resolve(kept),
    save: (place, previous) => {
      if (kept?.sinceEpochMs !== previous?.sinceEpochMs) return Promise.resolve(false);
      kept = place;
      return Promise.resolve(true);
    },
  };
}

/** A JSON file, replaced in one step. Workers of one machine may share it. */
export function filePlaceStore(path: string): PlaceStore {
  const load = async (): Promise<Place | undefined> => {
    try {
      return parsePlace(await readFile(path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  return {
    load,
    async save(place, previous) {
      const present = await load();
      if (present?.sinceEpochMs !== previous?.sinceEpochMs) return false;
      await mkdir(dirname(path), { recursive: true });
      const temporary = `${path}.${process.pid}`;
      await writeFile(temporary, `${JSON.stringify(place)}\n`);
      await rename(temporary, path);
      return true;
    },
  };
}

/** Sets the key only where it still holds what was read. */
const COMPARE_AND_SET = `
local present = redis.call('GET', KEYS[1])
if (present == false and ARGV[1] == '') or present == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2])
  return 1
end
return 0`;

/** One key of a Redis that all gateway processes use. */
export function redisPlaceStore(redis: Redis, key: string): PlaceStore {
  return {
    async load() {
      const text = await redis.get(key);
      return text === null ? undefined : parsePlace(text);
    },
    async save(place, previous) {
      const expected = previous === undefined ? '' : JSON.stringify(previous);
      return (await redis.eval(COMPARE_AND_SET, 1, key, expected, JSON.stringify(place))) === 1;
    },
  };
}

/** What cannot be read as a place is none: the rollout starts over rather than at a made-up weight. */
function parsePlace(text: string): Place | undefined {
  let value: Partial<Place> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { version, step, weight, status, failures, sinceEpochMs } = value;
  const isPlace =
    typeof version === 'string' &&
    Number.isInteger(step) &&
    typeof weight === 'number' &&
    (status === 'running' || status === 'promoted' || status === 'rolled_back') &&
    Number.isInteger(failures) &&
    typeof sinceEpochMs === 'number';
  return isPlace ? ({ version, step, weight, status, failures, sinceEpochMs } as Place) : undefined;
}
