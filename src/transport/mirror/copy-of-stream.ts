import { Readable } from 'node:stream';
import type { StreamRequest, UpstreamRequest } from '../upstream.ts';

/** The buffered form of a streamed request; `undefined` where its body can be read only once. */
export function copyOfStream({ method, path, headers, body, label }: StreamRequest): UpstreamRequest | undefined {
  if (body instanceof Readable) return undefined;
  const joined = new Map<string, string>();
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase();
    if (name === 'content-length') continue;
    const before = joined.get(name);
    // RFC 9110 §5.3; cookies are joined as RFC 6265 §5.4 says.
    const separator = name === 'cookie' ? '; ' : ', ';
    joined.set(name, before === undefined ? (headers[i + 1] as string) : before + separator + headers[i + 1]);
  }
  return {
    method,
    path,
    headers: Object.fromEntries(joined),
    encoding: 'latin1',
    ...(body !== null && { body: body.toString('latin1') }),
    ...(label !== undefined && { label }),
  };
}
