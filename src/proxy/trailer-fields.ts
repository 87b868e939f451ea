import type { FieldFilter } from './field-filter.ts';

/** Fields that decide how a message is read and therefore cannot come after it (RFC 9110 §6.5.1). */
const NEVER_IN_TRAILERS = new Set([
  ...['authorization', 'cache-control', 'content-encoding', 'content-length', 'content-range', 'content-type'],
  ...['cookie', 'date', 'expires', 'host', 'location', 'max-forwards', 'retry-after', 'set-cookie', 'vary'],
  ...['age', 'warning', 'www-authenticate', 'pragma', 'expect', 'range', 'if-match', 'if-none-match'],
]);

/** @param name In lower case. */
export function mayTrail(name: string): boolean {
  return !NEVER_IN_TRAILERS.has(name);
}

/** Trailers as both versions of HTTP take them: a repeated name has a list. */
export function toTrailers(lines: readonly string[], filter: FieldFilter): Record<string, string[]> | undefined {
  let trailers: Record<string, string[]> | undefined;
  for (let at = 0; at < lines.length; at += 2) {
    const name = filter.nameInAnswer(lines[at] as string);
    if (name === false || !mayTrail(name)) continue;
    trailers ??= Object.create(null) as Record<string, string[]>;
    const values = trailers[name];
    if (values === undefined) trailers[name] = [lines[at + 1] as string];
    else values.push(lines[at + 1] as string);
  }
  return trailers;
}
