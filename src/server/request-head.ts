import type { IncomingMessage } from 'node:http';
import type { RequestHead } from '../edge/edge.ts';
import type { NormalPath } from '../edge/normal-path.ts';

/** The path of a request as it was sent. */
export function rawPathOf({ url = '/' }: IncomingMessage): string {
  const mark = url.indexOf('?');
  return mark === -1 ? url : url.slice(0, mark);
}

/** @param normal The path in normal form; `undefined` where it has none: the request is then refused. */
export function headOfNodeRequest(request: IncomingMessage, normal: NormalPath | undefined): RequestHead {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: normal?.path ?? rawPathOf(request),
    query: mark === -1 ? '' : target.slice(mark + 1),
    // Only `set-cookie` is ever an array, and it has no meaning in a request.
    headers: request.headers as Record<string, string | undefined>,
    peerAddress: request.socket.remoteAddress ?? '',
  };
}

export function headOfFetchRequest(request: Request): RequestHead {
  const url = new URL(request.url);
  return {
    method: request.method,
    path: url.pathname,
    query: url.search.slice(1),
    headers: Object.fromEntries(request.headers),
    peerAddress: '',
  };
}
