import type { RequestHead } from '../edge/edge.ts';
import { WeirError } from '../errors.ts';
import type { Route } from './route.ts';

type WebsocketConfig = NonNullable<Route['config']['websocket']>;

/**
 * What a client must say to open a WebSocket (RFC 6455 §4.2.1), and from where a page may: browsers send cookies with it from any
 * page, and ask nobody before.
 * @param isOfHttp2 There the key has no use (RFC 8441 §5.1).
 * @returns the config of the route for it.
 * @throws {WeirError} `MALFORMED_REQUEST`, `UPGRADE_REQUIRED`, `FORBIDDEN`, `NOT_FOUND` where the route lets no WebSocket through.
 */
export function checkHandshake(
  { config: { websocket } }: Route,
  { method, path, headers }: RequestHead,
  isOfHttp2: boolean,
): WebsocketConfig {
  if (websocket === undefined) throw new WeirError('NOT_FOUND', `No route for WebSockets matches ${path}`);
  if (method !== 'GET') throw new WeirError('MALFORMED_REQUEST', 'A WebSocket is opened by GET');
  if (headers['sec-websocket-version'] !== '13') {
    throw new WeirError('UPGRADE_REQUIRED', 'The version of WebSocket must be 13');
  }
  const key = headers['sec-websocket-key'];
  if (!isOfHttp2 && (key === undefined || !/^[A-Za-z0-9+/]{22}==$/.test(key))) {
    throw new WeirError('MALFORMED_REQUEST', '"sec-websocket-key" must be 16 bytes in Base64');
  }
  const { origin, host } = headers;
  const isOwn = origin === undefined || websocket.origins.includes(origin);
  if (!isOwn && URL.parse(origin)?.host !== host?.toLowerCase()) {
    throw new WeirError('FORBIDDEN', 'A page of another site may have opened the connection');
  }
  return websocket;
}
