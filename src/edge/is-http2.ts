import type { IncomingMessage } from 'node:http';

/** Whether the request came by a stream of HTTP/2. Its version does not tell: HTTP/1.1 may claim any. */
export function isHttp2(request: IncomingMessage): boolean {
  return 'stream' in request;
}
