import type { IncomingHttpHeaders } from 'node:http';

/** Field lines as sent, in a flat list of name, value, name, value; bytes are read as Latin-1 (RFC 9110 §5.5). */
export function rawPairs(raw: readonly (Buffer | string)[] | IncomingHttpHeaders | null | undefined): string[] {
  const pairs: string[] = [];
  if (raw === null || raw === undefined) return pairs;
  if (!Array.isArray(raw)) {
    for (const [name, value] of Object.entries(raw)) pushPair(pairs, name, value);
    return pairs;
  }
  for (let i = 0; i < raw.length; i += 2) pushPair(pairs, text(raw[i]), raw[i + 1]);
  return pairs;
}

function pushPair(pairs: string[], name: string, value: unknown): void {
  if (value === undefined) return;
  // HTTP/2 gives repeated fields as a list.
  if (Array.isArray(value)) for (const one of value) pairs.push(name, text(one));
  else pairs.push(name, text(value));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (value as Buffer).toString('latin1');
}
