import type { SubgraphError, SubgraphResult } from '../../subgraph.ts';
import { type EntitiesProgram, type LookupCall, PRIVATE, PRIVATE_TYPE } from './entities-program.ts';
import { aliasOf, type LookupRequest, type LookupRun, type WantedEntity } from './entities-request.ts';
import { keyText } from './lookup.ts';

type Data = Record<string, unknown>;
type Path = readonly (string | number)[];

/** The `_entities` lists of one answer while they are filled, by the index of their field; what is not found stays null. */
export type EntityLists = readonly (Data | null)[][];

/** Puts what one request brought into its places. */
export function placeAnswer(
  program: EntitiesProgram,
  request: LookupRequest,
  result: SubgraphResult,
  lists: EntityLists,
  rest: Data,
  errors: SubgraphError[],
): void {
  const data = result.data ?? {};
  const translate = new Map<string, (path: Path) => Path[]>();
  for (const [runIndex, run] of request.runs.entries()) {
    const list = lists[run.group.fieldIndex] ?? [];
    const responseKey = program.fields[run.group.fieldIndex]?.responseKey ?? '_entities';
    if (run.group.call.lookup.takesList) {
      const alias = aliasOf(runIndex);
      const found = placeItems(data[alias], run.group.call, run.group.entities, list);
      translate.set(alias, (path) => pathsInList(path, responseKey, found));
      continue;
    }
    placeSingles(runIndex, run, data, responseKey, list, translate);
  }
  if (request.withRest) {
    for (const [key, value] of Object.entries(data)) if (!translate.has(key)) setOwn(rest, key, value);
  }
  for (const error of result.errors ?? []) errors.push(...translateError(error, translate));
}

function placeSingles(
  runIndex: number,
  run: LookupRun,
  data: Data,
  responseKey: string,
  list: (Data | null)[],
  translate: Map<string, (path: Path) => Path[]>,
): void {
  const { call } = run.group;
  for (const [number, wanted] of run.entities.entries()) {
    const alias = aliasOf(runIndex, number);
    const value = data[alias];
    if (call.lookup.returnsList) {
      const key = keyText(call.lookup.keyFields, wanted.representation) ?? '';
      const found = placeItems(value, call, new Map([[key, wanted]]), list);
      translate.set(alias, (path) => {
        const paths = pathsInList(path, responseKey, found);
        return paths.length === 1 && paths[0]?.length === 1 ? placesOf(wanted, responseKey, []) : paths;
      });
      continue;
    }
    if (isObject(value)) placeEntity(value, call, wanted, list);
    translate.set(alias, (path) => placesOf(wanted, responseKey, path.slice(1)));
  }
}

/** Matches the items of a list with the entities wanted, by key; items may come in any order, be missing, or be others. */
function placeItems(
  items: unknown,
  call: LookupCall,
  wanted: ReadonlyMap<string, WantedEntity>,
  list: (Data | null)[],
): (WantedEntity | undefined)[] {
  if (!Array.isArray(items)) return [];
  return items.map((item: unknown) => {
    if (!isObject(item)) return undefined;
    const key = keyText(call.keys, item);
    const entity = key === undefined ? undefined : wanted.get(key);
    if (entity !== undefined) placeEntity(item, call, entity, list);
    return entity;
  });
}

function placeEntity(item: Data, call: LookupCall, wanted: WantedEntity, list: (Data | null)[]): void {
  if (call.lookup.returnsAbstract && item[PRIVATE_TYPE] !== call.lookup.typeName) return;
  for (const key of call.privateKeys) delete item[key];
  // The places of one entity do not share an object: engines merge later fetches into each.
  for (const [position, index] of wanted.indices.entries()) list[index] = position === 0 ? item : structuredClone(item);
}

function translateError(error: SubgraphError, translate: ReadonlyMap<string, (path: Path) => Path[]>): SubgraphError[] {
  const [root] = error.path ?? [];
  const toPlaces = translate.get(String(root));
  if (error.path === undefined || toPlaces === undefined) return [error];
  // An error at a field that only Weir asked for is one of the entity as a whole.
  const path = error.path.filter((key, index) => index === 0 || !String(key).startsWith(PRIVATE));
  return toPlaces(path).map((place) => ({ ...error, path: place }));
}

/** `[alias, 3, "name"]` is at each place of the third item; what belongs to no item is at the whole list. */
function pathsInList(path: Path, responseKey: string, found: readonly (WantedEntity | undefined)[]): Path[] {
  const wanted = typeof path[1] === 'number' ? found[path[1]] : undefined;
  return wanted === undefined ? [[responseKey]] : placesOf(wanted, responseKey, path.slice(2));
}

function placesOf(wanted: WantedEntity, responseKey: string, rest: Path): Path[] {
  return wanted.indices.map((index) => [responseKey, index, ...rest]);
}

/** As data: a response key `__proto__` is a key like any other. */
function setOwn(target: Data, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

function isObject(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
