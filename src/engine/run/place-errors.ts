import type { SubgraphError } from '../../subgraphs/subgraph.ts';
import type { AnswerKeys } from '../compile/answer-keys.ts';
import { getOwn, isJsonObject, type JsonObject, setOwn } from '../own.ts';
import { Failure, type Path } from './failure.ts';

/**
 * Puts a failure where the error's path meets null in an answer.
 * @param renamed the path with the keys that the answer will have in the data.
 * @returns whether it met null; otherwise the error is about data that is there.
 */
export function placeFailure(answer: JsonObject, path: Path, renamed: Path, error: SubgraphError): boolean {
  let at: unknown = answer;
  for (let depth = 0; depth < path.length; depth++) {
    const segment = path[depth] as string | number;
    let next: unknown;
    if (Array.isArray(at) && typeof segment === 'number') next = at[segment];
    else if (isJsonObject(at) && typeof segment === 'string') next = getOwn(at, segment);
    else return false;
    if (next instanceof Failure) return true;
    if (next === null || next === undefined) {
      const failure = new Failure(error, renamed.slice(depth + 1), false);
      if (Array.isArray(at)) at[segment as number] = failure;
      else setOwn(at as JsonObject, segment as string, failure);
      return true;
    }
    at = next;
  }
  return false;
}

/**
 * Marks every key that the fetch would have answered. The one that the error's path names is its place; the others went with it.
 * @returns whether it marked any.
 */
export function failKeys(
  object: JsonObject,
  keys: AnswerKeys,
  typename: string | undefined,
  path: Path,
  error: SubgraphError,
): boolean {
  const [named, ...suffix] = path;
  const names = keys.keysFor(typename);
  const isNamed = typeof named === 'string' && names.includes(named);
  let hasMarked = false;
  for (const key of names) {
    const isPlace = key === named;
    const known = getOwn(object, key);
    const isFree = known === undefined || known === null || (isPlace && known instanceof Failure && known.isCollateral);
    if (!isFree) continue;
    setOwn(object, key, new Failure(error, isPlace ? suffix : [], isNamed && !isPlace));
    hasMarked = true;
  }
  return hasMarked;
}
