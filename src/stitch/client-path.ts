/** Response path: names and list indices from an operation's root. */
export type ResponsePath = readonly (string | number)[];

/** The root field of an entity fetch; batched requests carry a prefix for each part. */
const ENTITIES = /^(?:_v\d+_)?_entities$/;

/**
 * Where an error of a subgraph belongs in the client's response.
 *
 * @param place The client's path of the value that the error stands in for.
 * @param source The error's path in the subgraph's operation. Where the subgraph's nulls went up from a field to an
 *   ancestor, it is longer than `place`; its rest names the field that failed (GraphQL specification §6.4.4).
 */
export function findClientPath(place: ResponsePath, source: ResponsePath | undefined): ResponsePath {
  const root = source?.[0];
  if (source === undefined || typeof root !== 'string') return place;
  if (!ENTITIES.test(root)) {
    // A delegated root field: what follows the root is the same on both sides.
    return isPrefix(place.slice(1), source.slice(1)) ? [...place.slice(0, 1), ...source.slice(1)] : place;
  }
  const inEntity = source.slice(2);
  for (let length = Math.min(inEntity.length, place.length); length > 0; length--) {
    if (isPrefix(place.slice(place.length - length), inEntity)) return [...place, ...inEntity.slice(length)];
  }
  return place;
}

function isPrefix(prefix: ResponsePath, path: ResponsePath): boolean {
  return prefix.length <= path.length && prefix.every((segment, index) => segment === path[index]);
}
