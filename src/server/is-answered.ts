import type { ServerResponse } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { isHttp2 } from '../edge/is-http2.ts';

/** Whether all of an answer went out. A stream of HTTP/2 that its client resets has a finished writable side as well. */
export function isAnswered(response: ServerResponse): boolean {
  const { req: request } = response;
  return response.writableFinished && !(isHttp2(request) && (request as unknown as Http2ServerRequest).stream.aborted);
}
