import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { admit } from '../edge/admit.ts';
import { isHttp2 } from '../edge/is-http2.ts';
import type { NormalPath } from '../edge/normal-path.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import { WeirError } from '../errors.ts';
import { checkHandshake } from '../proxy/check-handshake.ts';
import { checkRequest } from '../proxy/check-request.ts';
import type { FieldLines } from '../proxy/field-lines.ts';
import { openExchange } from '../proxy/open-exchange.ts';
import { askWithOwnKey } from '../proxy/own-websocket-key.ts';
import type { Routes } from '../proxy/route.ts';
import { POLICY_VIOLATION, Tunnel } from '../proxy/tunnel.ts';
import { writeAnswer } from '../proxy/write-answer.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { HeaderLimits } from './listeners/framing.ts';
import type { Surface } from './listeners/listener-definition.ts';
import { ownFieldsOf } from './own-fields.ts';
import { problemOf, sendProblem } from './problem.ts';
import type { Reception } from './reception.ts';
import { reasonOf } from './request-listener.ts';

/** What WebSockets are taken over with, by whatever version of HTTP. */
export interface TunnelParts {
  readonly reception: Reception;
  readonly routes: () => Routes;
  readonly headerLimits: HeaderLimits;
  /** The listener; absent where the gateway is embedded. */
  readonly surface?: Surface;
  readonly logger: Logger;
}

/** A request for a WebSocket. */
export interface Opening {
  readonly breach: WeirError | undefined;
  readonly routes: Routes;
  readonly normal: NormalPath | undefined;
  readonly scope: RequestScope;
  readonly request: IncomingMessage;
  /** For what is no tunnel in the end. */
  readonly response: ServerResponse;
  /**
   * Tells the client that it has its WebSocket.
   * @param lines of the upstream's answer, with the request id.
   * @returns the client's end of the tunnel; `undefined`: the client has left.
   */
  accept(lines: FieldLines): Duplex | undefined;
}

/**
 * Takes a WebSocket through the rules of the edge and of its route to the upstream.
 * @returns `undefined` where there is none, and the answer that says so is out. Does not reject.
 */
export async function openTunnel(opening: Opening, logger: Logger): Promise<Tunnel | undefined> {
  try {
    return await ask(opening);
  } catch (error) {
    const { scope, response } = opening;
    if (!(error instanceof WeirError)) logger.error({ err: error, requestId: scope.requestId }, 'Request failed');
    if (error instanceof WeirError && error.code === 'UPGRADE_REQUIRED') {
      ownFieldsOf(response).push('sec-websocket-version', '13');
    }
    sendProblem(response, problemOf(reasonOf(error, scope), scope.requestId));
    return undefined;
  }
}

async function ask({ breach, routes, normal, scope, request, response, accept }: Opening): Promise<Tunnel | undefined> {
  if (breach !== undefined) throw breach;
  if (normal === undefined) throw new WeirError('MALFORMED_PATH');
  const route = routes.match(scope.head);
  if (route === undefined) {
    throw new WeirError('NOT_FOUND', `No route matches ${scope.head.method} ${scope.head.path}`);
  }
  const { headers, error } = await admit(scope, { kind: 'rest', route: route.name, identify: route.identify });
  const own = ownFieldsOf(response);
  for (const [name, value] of headers) own.push(name, value);
  if (error !== undefined) throw error;
  checkRequest(route, normal, request, scope.head);
  const isOfHttp2 = isHttp2(request);
  const websocket = checkHandshake(route, scope.head, isOfHttp2);
  const exchange = openExchange(route, scope, request, response, routes.rules);
  if (route.upgrade === undefined)
    throw new WeirError('NOT_FOUND', `No route for WebSockets matches ${scope.head.path}`);
  const upgrade = isOfHttp2 ? askWithOwnKey(route.upgrade) : route.upgrade;
  const answer = await upgrade(exchange, 'websocket');
  if (!('socket' in answer)) {
    await writeAnswer(exchange, answer, own);
    return undefined;
  }
  const { socket: upstream, headers: fields } = answer;
  const client = accept(['x-request-id', scope.requestId, ...fields]);
  if (client === undefined) {
    upstream.destroy();
    return undefined;
  }
  scope.endWithCredential();
  const { idleMs, maxDurationMs = Number.POSITIVE_INFINITY } = websocket;
  const tunnel = new Tunnel({ client, upstream, idleMs, maxMs: maxDurationMs });
  // The credential that opened it has expired.
  scope.signal.addEventListener('abort', () => tunnel.close(POLICY_VIOLATION), { once: true });
  return tunnel;
}
