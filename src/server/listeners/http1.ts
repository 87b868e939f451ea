import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { uuidV7 } from '../../edge/request-id.ts';
import { type ErrorCode, WeirError } from '../../errors.ts';
import { problemOf, sendProblem } from '../problem.ts';
import { createBodyPace } from './body-pace.ts';
import type { ListenerIncident } from './events.ts';
import { answerFault, hasBody } from './faults.ts';
import type { Handlers } from './handlers.ts';
import { inviteWhenRead } from './invite-when-read.ts';
import type { ServerDefinition } from './listener-definition.ts';
import { condemn, isRefused, refuseConnection } from './refuse-connection.ts';

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

/** As often as that, connections are looked for whose headers are late. */
const CHECK_MS = 500;

export function createHttp1({ definition, handlers, onIncident }: Http1Parts): Http1 {
  const server: Server = createServer({
    headersTimeout: definition.headersTimeoutMs,
    // Each request has its deadline from the gateway; Node's own limit would cut long uploads.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(CHECK_MS, definition.headersTimeoutMs),
    keepAliveTimeout: definition.keepAliveTimeoutMs,
    maxHeaderSize: definition.maxHeadersSizeBytes,
    // Answered with a problem by the framing check.
    requireHostHeader: false,
    insecureHTTPParser: false,
    shouldUpgradeCallback: isUpgrade,
  });
  // Older versions of Node drop what is beyond, silently: one more is kept, so that it can be refused.
  server.maxHeadersCount = definition.maxHeaders + 1;
  /** The newest request of each connection. */
  const newest = new Map<Socket, ServerResponse | undefined>();
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
      const response = newest.get(socket);
      if (response === undefined) socket.destroy();
      else refuseBody(response, 'REQUEST_TIMEOUT', 'The body came too slowly');
    },
  });

  const closeIdle = (): void => {
    server.closeIdleConnections();
    // Node takes a new connection, on which nothing has come yet, for a busy one.
    for (const [socket, response] of newest) if (response === undefined && socket.bytesRead === 0) socket.destroy();
  };
  const announce = (response: ServerResponse | undefined): void => {
    if (response !== undefined && !response.headersSent) response.setHeader('connection', 'close');
  };
  const announceDrain = (): void => {
    isDraining = true;
    for (const response of newest.values()) announce(response);
  };
  /** Where the head of the answer promised to keep the connection. */
  const closeAfter = (response: ServerResponse | undefined): void => {
    if (response !== undefined && !response.closed) response.once('close', () => setImmediate(closeIdle));
  };

  const onRequest: RequestListener = (request, response) => {
    const { socket } = request;
    if (isRefused(socket)) return;
    // Nobody behind may take it for a request of HTTP/2.
    if (request.httpVersionMajor !== 1) return void refuse(socket, UNKNOWN_VERSION.code, UNKNOWN_VERSION.detail);
    newest.set(socket, response);
    if (isDraining) announce(response);
    if (hasBody(request)) pace.watch(request);
    handlers.request(request, response);
  };
  server.on('request', onRequest);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    inviteWhenRead(request, response);
    onRequest(request, response);
  });
  server.on('checkExpectation', onRequest);
  server.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    const socket = duplex as Socket;
    if (isRefused(socket) || handlers.upgrade === undefined) return void socket.destroy();
    newest.delete(socket);
    const close = handlers.upgrade(request, duplex, head);
    tunnels.set(socket, close ?? (() => socket.destroy()));
    socket.once('close', () => tunnels.delete(socket));
  });
  server.on('connect', (_request, duplex: Duplex) => {
    refuse(duplex as Socket, 'NOT_IMPLEMENTED', 'The method "CONNECT" is for proxies that clients choose');
  });
  server.on('clientError', (error: NodeJS.ErrnoException & { reason?: string }, duplex: Duplex) => {
    const socket = duplex as Socket;
    if (isRefused(socket)) return;
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const { code, detail } = explainParserError(error);
    const response = newest.get(socket);
    if (response === undefined || response.closed || response.writableFinished) return refuse(socket, code, detail);
    // What is wrong belongs to the request that is being answered: to its body.
    if (!response.req.complete) return refuseBody(response, code, detail);
    // The answers before it go out first.
    response.once('close', () => refuse(socket, code, detail));
  });
  // Node watches headers for servers that listen themselves; this one is handed its connections.
  server.emit('listening');

  return {
    serve(socket) {
      newest.set(socket, undefined);
      socket.once('close', () => newest.delete(socket));
      server.emit('connection', socket);
    },
    inFlight: () =>
      [...newest.values()].filter((response) => response !== undefined).filter((response) => !response.closed),
    tunnels: () => tunnels,
    announceDrain,
    drain() {
      announceDrain();
      for (const response of newest.values()) closeAfter(response);
      closeIdle();
    },
    close() {
      pace.close();
      for (const socket of newest.keys()) socket.destroy();
      // Ends its timer; it does not listen, so there is nothing to wait for.
      server.close(() => undefined);
    },
  };

  function isUpgrade({ headers }: IncomingMessage): boolean {
    return handlers.upgrade !== undefined && headers.upgrade?.toLowerCase() === 'websocket';
  }
}

const UNKNOWN_VERSION = {
  code: 'HTTP_VERSION_NOT_SUPPORTED',
  detail: 'HTTP/1.1 and HTTP/1.0 are spoken here',
} as const;

function explainParserError({ code = '', reason, message }: NodeJS.ErrnoException & { reason?: string }): {
  code: ErrorCode;
  detail: string;
} {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { code: 'HEADERS_TOO_LARGE', detail: 'The header is larger than the gateway admits' };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { code: 'CONTENT_TOO_LARGE', detail: 'The chunk extensions are larger than the gateway admits' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { code: 'REQUEST_TIMEOUT', detail: 'The header did not arrive in time' };
    case 'HPE_PAUSED_H2_UPGRADE':
      return UNKNOWN_VERSION;
    case 'HPE_INVALID_VERSION':
      // It also stands for what is wrong behind the version.
      return reason === 'Invalid HTTP version'
        ? UNKNOWN_VERSION
        : { code: 'MALFORMED_REQUEST', detail: reason ?? message };
    default:
      return { code: 'MALFORMED_REQUEST', detail: reason ?? message };
  }
}
