import type { OutgoingHttpHeaders } from 'node:http';
import { Http2ServerResponse } from 'node:http2';

type Headers = OutgoingHttpHeaders | readonly string[];

/** HTTP/2 has no reason phrases (RFC 9113 §8.3.2). node:http2 warns of handlers that give one; here they may. */
export class Http2Response extends Http2ServerResponse {
  override writeHead(statusCode: number, reasonOrHeaders?: string | Headers, headers?: Headers): this {
    return super.writeHead(statusCode, typeof reasonOrHeaders === 'string' ? headers : reasonOrHeaders);
  }
}
