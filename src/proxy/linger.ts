import type { IncomingMessage } from 'node:http';
import { constants, type Http2ServerRequest } from 'node:http2';
import { isHttp2 } from '../edge/is-http2.ts';

/** Milliseconds that a client may go on to send what nobody reads. */
const LINGER_MS = 2_000;
/** Bytes that it may send then. */
const LINGER_BYTES = 1 << 20;

/**
 * Deals with the rest of a request whose answer is out. It is read for a moment and thrown away: cut at once, a connection loses the
 * answer on its way (RFC 9112 §9.6); left alone, it would never serve its next request.
 */
export function linger(request: IncomingMessage): void {
  if (request.complete) return;
  if (isHttp2(request)) {
    // RFC 9113 §8.1: the rest is of no use, and that is no error.
    (request as unknown as Http2ServerRequest).stream.close(constants.NGHTTP2_NO_ERROR);
    return;
  }
  const { socket } = request;
  let left = LINGER_BYTES;
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  request
    .on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) socket.destroy();
    })
    .on('error', () => {})
    .once('close', () => clearTimeout(timer))
    .once('end', () => clearTimeout(timer))
    .resume();
}
