import { hash, randomBytes } from 'node:crypto';
import { WeirError } from '../errors.ts';
import { findField, removeField, setField } from './field-lines.ts';
import type { Upgrader } from './route-exchange.ts';

/** RFC 6455 §1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * For a client of HTTP/2, which has no key (RFC 8441 §5.1): the gateway sends one of its own, and looks itself whether the answer
 * is one to it (RFC 6455 §4.1).
 */
export function askWithOwnKey(next: Upgrader): Upgrader {
  return async (exchange, protocol) => {
    const key = randomBytes(16).toString('base64');
    setField(exchange.headers, 'sec-websocket-key', key);
    const answer = await next(exchange, protocol);
    if (!('socket' in answer)) return answer;
    if (findField(answer.headers, 'sec-websocket-accept') !== hash('sha1', key + GUID, 'base64')) {
      answer.socket.destroy();
      throw new WeirError('UPSTREAM_BAD_RESPONSE', 'The upstream accepted another WebSocket than it was asked for');
    }
    removeField(answer.headers, 'sec-websocket-accept');
    return answer;
  };
}
