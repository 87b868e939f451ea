import type { IncomingMessage } from 'node:http';
import type { RequestHead } from '../edge/edge.ts';

export function headOfNodeRequest(request: IncomingMessage): RequestHead {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: mark === -1 ? target : target.slice(0, mark),
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
