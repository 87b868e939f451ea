import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { RequestHead } from '../edge/edge.ts';
import { isHttp2 } from '../edge/is-http2.ts';
import type { NormalPath } from '../edge/normal-path.ts';
import { clientCertificateOf } from './client-certificate.ts';

/** The path of a request as it was sent. */
export function rawPathOf({ url = '/' }: IncomingMessage): string {
  const mark = url.indexOf('?');
  return mark === -1 ? url : url.slice(0, mark);
}

/**
 * @param normal The path in normal form; `undefined` where it has none: the request is then refused.
 * @param listener Name of the listener that the request came by; absent where the gateway is embedded.
 */
export function headOfNodeRequest(
  request: IncomingMessage,
  normal: NormalPath | undefined,
  listener?: string,
): RequestHead {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const { socket } = request;
  const isTls = (socket as TLSSocket).encrypted === true;
  const certificate = isTls ? clientCertificateOf(socket) : undefined;
  return {
    method: request.method ?? 'GET',
    path: normal?.path ?? rawPathOf(request),
    query: mark === -1 ? '' : target.slice(mark + 1),
    headers: isHttp2(request) ? withoutPseudoHeaders(request.headers) : plain(request.headers),
    peerAddress: socket.remoteAddress ?? '',
    isTls,
    ...(certificate !== undefined && { certificate }),
    ...(listener !== undefined && { listener }),
  };
}

type PlainHeaders = RequestHead['headers'];

/** Only `set-cookie` is ever an array, and it has no meaning in a request. */
function plain(headers: IncomingHttpHeaders): PlainHeaders {
  return headers as Record<string, string | undefined>;
}

/** RFC 9113 §8.3.1: `:authority` is what `Host` is in HTTP/1.1; the other pseudo-header fields are no fields. */
function withoutPseudoHeaders(headers: IncomingHttpHeaders): PlainHeaders {
  // A field may be named `__proto__`.
  const fields = Object.create(null) as Record<string, string | undefined>;
  for (const [name, value] of Object.entries(plain(headers))) {
    if (!name.startsWith(':')) fields[name] = value;
  }
  fields.host ??= plain(headers)[':authority'];
  return fields;
}

export function headOfFetchRequest(request: Request): RequestHead {
  const url = new URL(request.url);
  return {
    method: request.method,
    path: url.pathname,
    query: url.search.slice(1),
    headers: Object.fromEntries(request.headers),
    peerAddress: '',
    isTls: url.protocol === 'https:',
  };
}
