import { type FieldLines, findField, setField } from '../field-lines.ts';

/** What is kept of the age stands in its terms; cookies are for one client; trailers are not kept. */
const NOT_KEPT = new Set(['age', 'set-cookie', 'trailer', 'transfer-encoding']);

/** The lines of an answer as they are kept with its whole body. */
export function fieldsToKeep(
  lines: Readonly<FieldLines>,
  status: number,
  bodyBytes: number,
  receivedAtMs: number,
): FieldLines {
  const kept = lines.filter((_, at) => !NOT_KEPT.has(lines[at - (at % 2)] as string));
  // RFC 9110 §8.6: a 204 has none.
  if (status !== 204) setField(kept, 'content-length', String(bodyBytes));
  // RFC 9110 §6.6.1.
  if (findField(kept, 'date') === undefined) kept.push('date', new Date(receivedAtMs).toUTCString());
  return kept;
}

/** About the body that the 304 does not have: those of the kept one hold (RFC 9111 §3.2). */
const OF_THE_BODY = new Set(['content-encoding', 'content-length', 'content-range', 'content-type', 'set-cookie']);

/** The lines of a kept answer after a 304: those that the 304 has take the place of the kept ones (RFC 9111 §3.2). */
export function freshenFields(kept: Readonly<FieldLines>, of304: Readonly<FieldLines>): FieldLines {
  const newer = of304.filter((_, at) => !OF_THE_BODY.has(of304[at - (at % 2)] as string));
  const names = new Set(newer.filter((_, at) => at % 2 === 0));
  return [...kept.filter((_, at) => !names.has(kept[at - (at % 2)] as string)), ...newer];
}
