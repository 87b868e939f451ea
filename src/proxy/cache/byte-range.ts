import { type FieldLines, findField } from '../field-lines.ts';
import { parseHttpDate } from './http-date.ts';
import { matchesStrongly } from './preconditions.ts';

/** First and last byte, both inclusive. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The one range of bytes that `Range` asks for (RFC 9110 §14.1.2). `undefined`: several, another unit, or no valid one: the whole is the
 * answer then (§14.2). `unsatisfiable`: nothing of it is there.
 */
export function readByteRange(range: string, length: number): ByteRange | 'unsatisfiable' | undefined {
  const [, from, to] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(range) ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  if (from === '') {
    const count = Math.min(Number(to), length);
    return count === 0 ? 'unsatisfiable' : { first: length - count, last: length - 1 };
  }
  const first = Number(from);
  if (to !== '' && Number(to) < first) return undefined;
  if (first >= length) return 'unsatisfiable';
  return { first, last: to === '' ? length - 1 : Math.min(Number(to), length - 1) };
}

/** Whether `If-Range` lets the range be answered: the client's part is of this very representation (RFC 9110 §13.1.5). */
export function holdsIfRange(condition: string | undefined, headers: Readonly<FieldLines>): boolean {
  if (condition === undefined) return true;
  if (condition.includes('"')) return matchesStrongly(condition, findField(headers, 'etag') ?? '');
  const modified = findField(headers, 'last-modified');
  const date = parseHttpDate(findField(headers, 'date'));
  const modifiedMs = parseHttpDate(modified);
  // A date within the second of the answer tells no two representations apart (§8.8.2.2).
  return condition === modified && date !== undefined && modifiedMs !== undefined && date - modifiedMs >= 1_000;
}
