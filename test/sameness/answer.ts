/** An answer as a client gets it. */
export interface Answer {
  /** JSON of `data`; its keys in their order are part of the answer. */
  readonly dataText: string;
  readonly errors: readonly AnswerError[];
}

export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
}

/** How an answer differs from the expected one; `undefined`: it does not. */
export function findDifference(expected: Answer, actual: Answer): string | undefined {
  if (expected.dataText !== actual.dataText) return 'data';
  const misplaced = actual.errors.find((error) => nullOf(actual, error) === undefined);
  if (misplaced !== undefined) return `an error whose path leads to no null: ${JSON.stringify(misplaced.path)}`;
  const [wanted, found] = [nullsOf(expected), nullsOf(actual)];
  for (const place of wanted) if (!found.has(place)) return `no error explains the null at ${place}`;
  for (const place of found) if (!wanted.has(place)) return `an error that the monolith does not have, at ${place}`;
  return undefined;
}

/**
 * The nulls of an answer that errors explain. Where a null went up from a field that may not be null, an error may stand
 * at any of the fields below that failed, and several may or may not be reported (GraphQL §6.4.4): what is certain
 * is that the null has an error at or below it.
 */
function nullsOf(answer: Answer): ReadonlySet<string> {
  return new Set(answer.errors.map((error) => nullOf(answer, error) ?? 'nowhere'));
}

/**
 * How an answer says anything but the expected, other than by a null of its own that has its error; `undefined`: it does not.
 * Every null that an error of the expected answer explains has to be explained, itself or by one above it. An error without a path
 * is about something that no place of the answer tells.
 */
export function findDifferenceButLosses(expected: Answer, actual: Answer): string | undefined {
  const misplaced = actual.errors.find((error) => error.path !== undefined && nullOf(actual, error) === undefined);
  if (misplaced !== undefined) return `an error whose path leads to no null: ${JSON.stringify(misplaced.path)}`;
  const explained = nullsOf(actual);
  for (const error of expected.errors) {
    const place = nullOf(actual, error);
    if (place === undefined || !explained.has(place)) return `no error explains the null at ${place}`;
  }
  return findUntruth(expected, actual);
}

/** The path, as JSON, of the first null on the way along an error's path. */
function nullOf({ dataText }: Answer, { path }: Pick<AnswerError, 'path'>): string | undefined {
  let value: unknown = JSON.parse(dataText);
  if (value === null) return '[]';
  for (const [at, segment] of (path ?? []).entries()) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<string | number, unknown>)[segment];
    if (value === null) return JSON.stringify(path?.slice(0, at + 1));
  }
  return undefined;
}

/** Where an answer has neither the value of the whole one nor a null with an error; `undefined`: nowhere. */
export function findUntruth(whole: Answer, actual: Answer): string | undefined {
  const explained = nullsOf(actual);
  return findUntruthAt([], JSON.parse(whole.dataText), JSON.parse(actual.dataText), explained);
}

function findUntruthAt(
  path: readonly (string | number)[],
  whole: unknown,
  actual: unknown,
  explained: ReadonlySet<string>,
): string | undefined {
  if (actual === null) {
    return whole === null || explained.has(JSON.stringify(path)) ? undefined : `no error explains the null at ${path}`;
  }
  if (typeof whole !== 'object' || typeof actual !== 'object' || whole === null) {
    return whole === actual ? undefined : `a value that is not so at ${path}`;
  }
  const keys = Object.keys(whole);
  if (JSON.stringify(keys) !== JSON.stringify(Object.keys(actual))) return `other keys at ${path}`;
  for (const key of keys) {
    const segment = Array.isArray(whole) ? Number(key) : key;
    const below = [whole, actual].map((value) => (value as Record<string | number, unknown>)[segment]);
    const untruth = findUntruthAt([...path, segment], below[0], below[1], explained);
    if (untruth !== undefined) return untruth;
  }
  return undefined;
}
