import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { admit } from '../edge/admit.ts';
import { type NormalPath, normalizePath } from '../edge/normal-path.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import { ERRORS, WeirError } from '../errors.ts';
import { checkHandshake } from '../proxy/check-handshake.ts';
import { checkRequest } from '../proxy/check-request.ts';
import type { FieldLines } from '../proxy/field-lines.ts';
import { openExchange } from '../proxy/open-exchange.ts';
import type { Routes } from '../proxy/route.ts';
import { GOING_AWAY, POLICY_VIOLATION, Tunnel } from '../proxy/tunnel.ts';
import { writeAnswer } from '../proxy/write-answer.ts';
import type { Logger } from '../telemetry/logger.ts';
import { findBreach, type HeaderLimits } from './listeners/framing.ts';
import type { Surface } from './listeners/listener-definition.ts';
import { keepOwnFields, ownFieldsOf } from './own-fields.ts';
import { problemOf, sendProblem } from './problem.ts';
import type { Reception } from './reception.ts';
import { headOfNodeRequest, rawPathOf } from './request-head.ts';
import { openFields, reasonOf } from './request-listener.ts';

export interface UpgradeListenerParts {
  readonly reception: Reception;
  readonly routes: () => Routes;
  readonly headerLimits: HeaderLimits;
  /** The listener; absent where the gateway is embedded. */
  readonly surface?: Surface;
  readonly logger: Logger;
}

/**
 * Takes over connections that ask for a WebSocket. Nothing that a request does throws out of it.
 * @returns what closes the tunnel.
 */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => () => void;

export function createUpgradeListener(parts: UpgradeListenerParts): UpgradeListener {
  const { reception, routes, logger, headerLimits, surface } = parts;
  return (request, socket, head) => {
    const breach = findBreach(request, headerLimits);
    const normal = normalizePath(rawPathOf(request));
    const scope = reception.open(headOfNodeRequest(request, normal, surface?.listener));
    // What is no tunnel in the end is answered like any other request, and ends the connection.
    const response = new ServerResponse(request);
    keepOwnFields(response, openFields(scope));
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.once('finish', () => socket.end());
    let tunnel: Tunnel | undefined;
    socket.on('error', () => {});
    socket.once('close', () => {
      const isAnswered = tunnel !== undefined || response.writableFinished;
      if (!isAnswered) scope.abort(new WeirError('CLIENT_CLOSED_REQUEST'));
      const status = tunnel === undefined ? response.statusCode : 101;
      reception.close(scope, isAnswered ? status : ERRORS.CLIENT_CLOSED_REQUEST.status);
    });
    const early = readEarly(socket, head);
    openTunnel({ breach, routes: routes(), normal, scope, request, response, socket, early }).then(
      (opened) => {
        tunnel = opened;
      },
      (error: unknown) => {
        if (!(error instanceof WeirError)) logger.error({ err: error, requestId: scope.requestId }, 'Request failed');
        if (error instanceof WeirError && error.code === 'UPGRADE_REQUIRED') {
          ownFieldsOf(response).push('sec-websocket-version', '13');
        }
        sendProblem(response, problemOf(reasonOf(error, scope), scope.requestId));
      },
    );
    return () => {
      if (tunnel === undefined) socket.destroy();
      else tunnel.close(GOING_AWAY);
    };
  };
}

interface Opening {
  readonly breach: WeirError | undefined;
  readonly routes: Routes;
  readonly normal: NormalPath | undefined;
  readonly scope: RequestScope;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Duplex;
  readonly early: EarlyBytes;
}

/** What a client sends before the tunnel is there. */
interface EarlyBytes {
  giveBack(): void;
}

/** Most of them that are kept; then the client waits. */
const MAX_EARLY_BYTES = 65_536;

/** Reads on while the upstream is asked: only a connection that is read tells that its client has left. */
function readEarly(socket: Duplex, head: Buffer): EarlyBytes {
  const chunks = [head];
  let bytes = head.length;
  const onData = (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_EARLY_BYTES) socket.pause();
  };
  const onEnd = () => socket.destroy();
  socket.on('data', onData).on('end', onEnd);
  return {
    giveBack() {
      socket.off('data', onData).off('end', onEnd).pause();
      if (bytes > 0) socket.unshift(Buffer.concat(chunks, bytes));
    },
  };
}

/** @returns `undefined` where the upstream declined, and its answer is out. */
async function openTunnel(opening: Opening): Promise<Tunnel | undefined> {
  const { breach, routes, normal, scope, request, response, socket, early } = opening;
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
  const websocket = checkHandshake(route, scope.head);
  const exchange = openExchange(route, scope, request, response, routes.rules);
  if (route.upgrade === undefined)
    throw new WeirError('NOT_FOUND', `No route for WebSockets matches ${scope.head.path}`);
  const answer = await route.upgrade(exchange, 'websocket');
  if (!('socket' in answer)) {
    await writeAnswer(exchange, answer, own);
    return undefined;
  }
  const { socket: upstream, headers: fields } = answer;
  if (socket.destroyed) {
    upstream.destroy();
    return undefined;
  }
  scope.endWithCredential();
  response.detachSocket(socket as Socket);
  socket.write(switchingProtocols(['x-request-id', scope.requestId, ...fields]), 'latin1');
  early.giveBack();
  const { idleMs, maxDurationMs = Number.POSITIVE_INFINITY } = websocket;
  const tunnel = new Tunnel({ client: socket, upstream, idleMs, maxMs: maxDurationMs });
  // The credential that opened it has expired.
  scope.signal.addEventListener('abort', () => tunnel.close(POLICY_VIOLATION), { once: true });
  return tunnel;
}

function switchingProtocols(lines: FieldLines): string {
  let head = 'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n';
  for (let at = 0; at < lines.length; at += 2) head += `${lines[at]}: ${lines[at + 1]}\r\n`;
  return `${head}\r\n`;
}
