import { type FieldLines, removeField, setField } from '../field-lines.ts';
import type { RouteAnswer, RouteExchange } from '../route-exchange.ts';
import { holdsIfRange, readByteRange } from './byte-range.ts';
import { ageOf, type KeptAnswer } from './kept-answer.ts';
import { fieldsOf304, isNotModified, readPreconditions } from './preconditions.ts';

/** Makes the answer to a GET or HEAD of one that is kept (RFC 9111 §4): with its age, and no more of it than the client lacks. */
export function serveKept(
  kept: KeptAnswer,
  { method, headers: sent, scope }: RouteExchange,
  nowMs: number,
): RouteAnswer {
  const { status, headers, body, forms } = kept;
  const lines = headers.slice();
  lines.push('age', String(Math.floor(ageOf(kept, nowMs) / 1_000)));
  const isHead = method === 'HEAD';
  // Conditions are about answers that have a representation (RFC 9110 §13.2.1).
  if (status !== 200) return { status, headers: lines, body: isHead ? null : body, forms };
  if (isNotModified(readPreconditions(sent), headers)) return { status: 304, headers: fieldsOf304(lines), body: null };
  if (isHead) return { status, headers: lines, body: null };
  const part =
    scope.headers.range === undefined
      ? undefined
      : servePart(scope.headers.range, scope.headers['if-range'], kept, lines);
  return part ?? { status, headers: lines, body, forms };
}

function servePart(
  range: string,
  condition: string | undefined,
  { headers, body }: KeptAnswer,
  lines: FieldLines,
): RouteAnswer | undefined {
  if (!holdsIfRange(condition, headers)) return undefined;
  const part = readByteRange(range, body.length);
  if (part === undefined) return undefined;
  if (part === 'unsatisfiable') {
    // RFC 9110 §15.5.17. Nothing of the representation is in it, nor what is said of that.
    const unsatisfiable = fieldsOf304(lines);
    for (const name of ['etag', 'last-modified', 'cache-control', 'expires', 'age']) removeField(unsatisfiable, name);
    unsatisfiable.push('content-range', `bytes */${body.length}`, 'content-length', '0');
    return { status: 416, headers: unsatisfiable, body: null };
  }
  const { first, last } = part;
  const bytes = body.subarray(first, last + 1);
  setField(lines, 'content-range', `bytes ${first}-${last}/${body.length}`);
  setField(lines, 'content-length', String(bytes.length));
  return { status: 206, headers: lines, body: bytes };
}
