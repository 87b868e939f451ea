import { type FieldLines, findField } from '../field-lines.ts';
import { parseHttpDate } from './http-date.ts';

/** The conditions of a GET or HEAD that a cache may judge (RFC 9111 §4.3.2). */
export interface Preconditions {
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
}

/** @param headers Of a request as it is sent on: what layers further out have changed of answers they have changed back there. */
export function readPreconditions(headers: Readonly<FieldLines>): Preconditions {
  return { ifNoneMatch: findField(headers, 'if-none-match'), ifModifiedSince: findField(headers, 'if-modified-since') };
}

/** Whether the client has what the headers of a 200 describe (RFC 9110 §13.2.2). */
export function isNotModified({ ifNoneMatch, ifModifiedSince }: Preconditions, headers: Readonly<FieldLines>): boolean {
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === '*') return true;
    const etag = findField(headers, 'etag');
    return etag !== undefined && entityTags(ifNoneMatch).some((each) => matchesWeakly(each, etag));
  }
  const since = parseHttpDate(ifModifiedSince);
  if (since === undefined) return false;
  const modified = parseHttpDate(findField(headers, 'last-modified') ?? findField(headers, 'date'));
  return modified !== undefined && modified <= since;
}

/** RFC 9110 §8.8.3.2. */
export function matchesWeakly(a: string, b: string): boolean {
  return opaque(a) === opaque(b);
}

/** RFC 9110 §8.8.3.2: only two strong tags do. */
export function matchesStrongly(a: string, b: string): boolean {
  return a === b && !a.startsWith('W/');
}

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}

/** A tag may have commas (RFC 9110 §8.8.3); bare ones, which some services make, are read too. */
function entityTags(list: string): readonly string[] {
  return list.match(/(?:W\/)?"[^"]*"|[^\s,"]+/g) ?? [];
}

/** Of a representation that is not sent: no part of a 304 (RFC 9110 §15.4.5). */
const OF_CONTENT = new Set([
  ...['content-length', 'content-type', 'content-encoding', 'content-language', 'content-range', 'accept-ranges'],
  ...['content-md5', 'content-digest', 'repr-digest', 'digest', 'trailer'],
]);

/** The lines of a 200 that a 304 in its place has. */
export function fieldsOf304(lines: Readonly<FieldLines>): FieldLines {
  return lines.filter((_, at) => !OF_CONTENT.has(lines[at - (at % 2)] as string));
}
