import type { OutgoingHttpHeaders } from 'node:http2';

/** Fields of a connection, which HTTP/2 has not (RFC 9113 §8.2.2), and `Host`, which is `:authority` there. */
const DROPPED: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** @param pairs Name, value, name, value. */
export function http2Headers(method: string, path: string, origin: URL, pairs: readonly string[]): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = Object.create(null);
  headers[':method'] = method;
  headers[':path'] = path;
  headers[':scheme'] = origin.protocol.slice(0, -1);
  headers[':authority'] = origin.host;
  for (let i = 0; i < pairs.length; i += 2) {
    const name = (pairs[i] as string).toLowerCase();
    const value = pairs[i + 1] as string;
    if (name === 'host') headers[':authority'] = value;
    if (DROPPED.has(name)) continue;
    // Only `trailers` may be asked for.
    if (name === 'te' && value.toLowerCase() !== 'trailers') continue;
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else headers[name] = Array.isArray(before) ? [...before, value] : [String(before), value];
  }
  return headers;
}

/** The field lines of a received block without its pseudo-header fields. */
export function fieldLines(raw: readonly string[]): string[] {
  const pairs: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    if (!(raw[i] as string).startsWith(':')) pairs.push(raw[i] as string, raw[i + 1] as string);
  }
  return pairs;
}
