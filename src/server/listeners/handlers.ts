import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** What a listener hands requests to. The requests of HTTP/2 come in the forms that node:http2 has for this. */
export interface Handlers {
  readonly request: RequestListener;
  /**
   * Takes over a connection that asks for another protocol, such as a WebSocket; it writes the answer itself, and sets the
   * connection free on all its ways out. Absent: such requests are answered like others (RFC 9110 §7.8).
   * @returns what closes the tunnel in the way of its protocol, for when the gateway stops; default: the socket is destroyed.
   */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => (() => void) | undefined;
  /**
   * The same for a stream of HTTP/2 that asks for a WebSocket by an extended CONNECT (RFC 8441). Absent: HTTP/2 does not offer it.
   * @returns what closes the tunnel in the way of its protocol.
   */
  readonly connect?: (request: IncomingMessage, response: ServerResponse) => () => void;
}
