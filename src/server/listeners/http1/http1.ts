import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { DeadlineQueue } from '../../../deadline-queue.ts';
import { uuidV7 } from '../../../edge/request-id.ts';
import { type ErrorCode, WeirError } from '../../../errors.ts';
import { systemClock } from '../../../transport/clock.ts';
import { problemOf, sendProblem } from '../../problem.ts';
import { createBodyPace } from '../body-pace.ts';
import type { ListenerIncident } from '../events.ts';
import { answerFault } from '../faults.ts';
import type { Handlers } from '../handlers.ts';
import { inviteWhenRead } from '../invite-when-read.ts';
import type { ServerDefinition } from '../listener-definition.ts';
import { condemn, isRefused, refuseConnection } from '../refuse-connection.ts';
import { type ConnectionHost, Http1Connection } from './connection.ts';

/** HTTP/1.1 on connections that others have accepted. */
export interface Http1 {
  /** @param socket after TLS, if there is any. */
  serve(socket: Socket): void;
  /** Requests that have begun, other than tunnels. */
  inFlight(): ServerResponse[];
  /** Tunnels, with what closes each. */
  tunnels(): ReadonlyMap<Socket, () => void>;
  /** Answers end their connections from now on; new ones are still served. */
  announceDrain(): void;
  /** Closes connections as soon as no request is on them. */
  drain(): void;
  close(): void;
}

export interface Http1Parts {
  readonly definition: ServerDefinition;
  readonly handlers: Handlers;
  readonly onIncident: (incident: ListenerIncident) => void;
}

export function createHttp1({ definition, handlers, onIncident }: Http1Parts): Http1 {
  const connections = new Map<Socket, Http1Connection>();
  const tunnels = new Map<Socket, () => void>();
  let isDraining = false;

  const refuse = (socket: Socket, code: ErrorCode, detail: string): void => {
    if (isRefused(socket)) return;
    const requestId = uuidV7();
    refuseConnection(socket, new WeirError(code, detail), requestId);
    onIncident({ type: 'request_refused', code, address: socket.remoteAddress ?? '', requestId, detail });
  };

  /** Of a request whose body is at fault: it is being answered, or about to be. */
  const refuseBody = (response: ServerResponse, code: ErrorCode, detail: string): void => {
    const { socket } = response.req;
    if (response.headersSent) return void socket.destroy();
    condemn(socket);
    response.setHeader('connection', 'close');
    const error = new WeirError(code, detail);
    if (!answerFault(response, error)) sendProblem(response, problemOf(error, uuidV7()));
  };
  const pace = createBodyPace({
    minBytesPerSecond: definition.minBodyRateBytes,
    windowMs: definition.bodyRateWindowMs,
    onSlow({ socket }) {
      const response = connections.get(socket)?.response;
      if (response === undefined) socket.destroy();
      else refuseBody(response, 'REQUEST_TIMEOUT', 'The body came too slowly');
    },
  });
  const announce = (response: ServerResponse | undefined): void => {
    if (response !== undefined && !response.headersSent) response.setHeader('connection', 'close');
  };
  const host: ConnectionHost = {
    maxHeadersSizeBytes: definition.maxHeadersSizeBytes,
    headersTimeoutMs: definition.headersTimeoutMs,
    keepAliveTimeoutMs: definition.keepAliveTimeoutMs,
    keepAliveLines: `\r\nconnection: keep-alive\r\nkeep-alive: timeout=${Math.floor(definition.keepAliveTimeoutMs / 1_000)}`,
    heads: new DeadlineQueue(systemClock),
    idles: new DeadlineQueue(systemClock),
    isUpgrade: ({ isUpgrade, framing, headers }) =>
      isUpgrade && framing === 0 && handlers.upgrade !== undefined && headers.upgrade?.toLowerCase() === 'websocket',
    onRequest(request, response) {
      if (isDraining) announce(response);
      if (!request.complete) pace.watch(request);
      if (request.headers.expect?.toLowerCase() === '100-continue') inviteWhenRead(request, response);
      handlers.request(request, response);
    },
    onUpgrade(request, duplex, rest) {
      const socket = duplex as Socket;
      connections.delete(socket);
      const close = handlers.upgrade?.(request, duplex, rest);
      tunnels.set(socket, close ?? (() => socket.destroy()));
      socket.once('close', () => tunnels.delete(socket));
    },
    onRefused: (socket, { code, message }) => refuse(socket, code, message),
    onBadBody: (response, { code, message }) => refuseBody(response, code, message),
  };
  const responses = (): ServerResponse[] =>
    [...connections.values()].map(({ response }) => response).filter((response) => response !== undefined);

  return {
    serve(socket) {
      connections.set(socket, new Http1Connection(socket, host));
      socket.once('close', () => connections.delete(socket));
    },
    inFlight: responses,
    tunnels: () => tunnels,
    announceDrain() {
      isDraining = true;
      for (const response of responses()) announce(response);
    },
    drain() {
      isDraining = true;
      for (const response of responses()) announce(response);
      for (const connection of connections.values()) connection.endWhenIdle();
    },
    close() {
      pace.close();
      for (const socket of connections.keys()) socket.destroy();
    },
  };
}
