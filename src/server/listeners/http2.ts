import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  constants,
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { uuidV7 } from '../../edge/request-id.ts';
import { WeirError } from '../../errors.ts';
import { problemOf, sendProblem } from '../problem.ts';
import { createBodyPace } from './body-pace.ts';
import type { ListenerIncident } from './events.ts';
import type { Handlers } from './handlers.ts';
import { Http2Response } from './http2-response.ts';
import { inviteWhenRead } from './invite-when-read.ts';
import type { ServerDefinition } from './listener-definition.ts';

/** HTTP/2 on connections that others have accepted. */
export interface Http2 {
  /** @param socket after TLS, if there is any. */
  serve(socket: Socket): void;
  /** Requests that have begun, other than tunnels. */
  inFlight(): ServerResponse[];
  /** Tunnels, with what closes each. */
  tunnels(): ReadonlyMap<ServerResponse, () => void>;
  /** Asks clients to take other connections from now on; this one serves them until they do (RFC 9113 §6.8). */
  announceDrain(): void;
  /** Takes no new requests, and closes connections as soon as none is on them. */
  drain(): void;
  close(): void;
}

export interface Http2Parts {
  readonly definition: ServerDefinition;
  readonly handlers: Pick<Handlers, 'request' | 'connect'>;
  readonly onIncident: (incident: ListenerIncident) => void;
}

/** Beside the fields: `:method`, `:scheme`, `:authority`, `:path`, `:protocol`. */
const PSEUDO_FIELDS = 5;
/** Per second, beyond `max_resets`. */
const RESETS_PER_SECOND = 33;
const LINGER_MS = 1_000;
const CONTROL_WINDOW_MS = 10_000;
/** RFC 9113 §6.8: no stream has a greater id, so all that the client has begun are still served. */
const LAST_STREAM = 2 ** 31 - 1;

export function createHttp2({ definition, handlers, onIncident }: Http2Parts): Http2 {
  const { http2, headersTimeoutMs, keepAliveTimeoutMs } = definition;
  const server = createServer({
    settings: {
      maxConcurrentStreams: http2.maxConcurrentStreams,
      initialWindowSize: http2.streamWindowBytes,
      maxHeaderListSize: definition.maxHeadersSizeBytes,
      enablePush: false,
      // RFC 8441 §3
      enableConnectProtocol: handlers.connect !== undefined,
    },
    maxHeaderListPairs: definition.maxHeaders + PSEUDO_FIELDS + 1,
    streamResetBurst: http2.maxResets,
    streamResetRate: RESETS_PER_SECOND,
    strictFieldWhitespaceValidation: true,
    Http2ServerResponse: Http2Response,
  });
  const pace = createBodyPace({
    minBytesPerSecond: definition.minBodyRateBytes,
    windowMs: definition.bodyRateWindowMs,
    onSlow(request) {
      (request as unknown as Http2ServerRequest).stream.close(constants.NGHTTP2_CANCEL);
    },
  });
  const sessions = new Map<ServerHttp2Session, Set<ServerResponse>>();
  const tunnels = new Map<ServerResponse, () => void>();
  const sockets = new WeakMap<ServerHttp2Session, Socket>();
  let arriving: Socket | undefined;
  let isDraining = false;

  const end = (session: ServerHttp2Session): void => {
    session.close();
    if (sessions.get(session)?.size === 0) cutSoon(sockets.get(session));
  };

  // The forms of node:http2 are made to be used like those of node:http; their types do not say so.
  const forms = (incoming: Http2ServerRequest, outgoing: Http2ServerResponse) => ({
    request: incoming as unknown as IncomingMessage,
    response: outgoing as unknown as ServerResponse,
  });
  const count = ({ stream: { session } }: Http2ServerRequest, response: ServerResponse): void => {
    const open = session === undefined ? undefined : sessions.get(session as ServerHttp2Session);
    open?.add(response);
    response.once('close', () => {
      open?.delete(response);
      if (open?.size === 0 && session?.closed) cutSoon(sockets.get(session as ServerHttp2Session));
    });
  };
  const serve = (incoming: Http2ServerRequest, outgoing: Http2ServerResponse): void => {
    const { request, response } = forms(incoming, outgoing);
    count(incoming, response);
    if (!incoming.stream.endAfterHeaders) pace.watch(request);
    handlers.request(request, response);
  };
  server.on('connect', (incoming: Http2ServerRequest, outgoing: Http2ServerResponse) => {
    const { request, response } = forms(incoming, outgoing);
    count(incoming, response);
    const protocol = incoming.headers[':protocol'];
    if (handlers.connect !== undefined && protocol === 'websocket') {
      tunnels.set(response, handlers.connect(request, response));
      response.once('close', () => tunnels.delete(response));
      return;
    }
    const detail =
      protocol === undefined
        ? 'The method "CONNECT" is for proxies that clients choose'
        : 'The only protocol that CONNECT asks for is "websocket"';
    const requestId = uuidV7();
    const code = 'NOT_IMPLEMENTED';
    sendProblem(response, problemOf(new WeirError(code, detail), requestId));
    onIncident({ type: 'request_refused', code, address: request.socket.remoteAddress ?? '', requestId, detail });
  });
  server.on('request', serve);
  server.on('checkContinue', (incoming, outgoing) => {
    inviteWhenRead(incoming as unknown as IncomingMessage, outgoing as unknown as ServerResponse);
    serve(incoming, outgoing);
  });
  server.on('checkExpectation', serve);
  server.on('session', (session) => {
    const open = new Set<ServerResponse>();
    sessions.set(session, open);
    if (arriving !== undefined) sockets.set(session, arriving);
    session.once('close', () => sessions.delete(session));
    // A fault of the connection ends it; there is nobody to tell.
    session.on('error', () => undefined);
    session.once('connect', () => session.setLocalWindowSize(http2.connectionWindowBytes));
    closeWhenIdle(session, open, headersTimeoutMs, keepAliveTimeoutMs, () => end(session));
    limitControlFrames(session, http2.maxControlFrames, (address) => {
      onIncident({ type: 'connection_refused', reason: 'flood', address });
      session.destroy(new Error('Too many control frames'), constants.NGHTTP2_ENHANCE_YOUR_CALM);
    });
    if (isDraining) end(session);
  });

  return {
    serve(socket) {
      // The session sees the end of the connection only where the socket acts on it.
      socket.allowHalfOpen = false;
      arriving = socket;
      server.emit('connection', socket);
      arriving = undefined;
    },
    inFlight: () => [...sessions.values()].flatMap((open) => [...open].filter((response) => !tunnels.has(response))),
    tunnels: () => tunnels,
    announceDrain() {
      for (const session of sessions.keys()) {
        if (!session.destroyed) session.goaway(constants.NGHTTP2_NO_ERROR, LAST_STREAM);
      }
    },
    drain() {
      isDraining = true;
      for (const session of sessions.keys()) end(session);
    },
    close() {
      pace.close();
      for (const session of sessions.keys()) session.destroy();
    },
  };
}

/** A closed session leaves it to the client to end the connection; one that does not is not waited for. */
function cutSoon(socket: Socket | undefined): void {
  if (socket === undefined || socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}

/**
 * The first request must be there within `firstMs`, and later ones `idleMs` after the one before: by the clock, whatever frames
 * come meanwhile, so that headers in small pieces hold no connection.
 */
function closeWhenIdle(
  session: ServerHttp2Session,
  open: ReadonlySet<unknown>,
  firstMs: number,
  idleMs: number,
  close: () => void,
): void {
  let idleSinceMs = performance.now();
  let allowedMs = firstMs;
  let isFresh = true;
  let timer: NodeJS.Timeout;
  const arm = (afterMs: number): void => {
    timer = setTimeout(check, afterMs);
    timer.unref();
  };
  const check = (): void => {
    const leftMs = idleSinceMs + allowedMs - performance.now();
    if (open.size > 0) arm(allowedMs);
    else if (leftMs > 0) arm(leftMs);
    else close();
  };
  session.on('stream', (stream) => {
    if (isFresh) {
      isFresh = false;
      allowedMs = idleMs;
      clearTimeout(timer);
      arm(idleMs);
    }
    stream.once('close', () => {
      idleSinceMs = performance.now();
    });
  });
  session.once('close', () => clearTimeout(timer));
  arm(firstMs);
}

/** Pings and settings cost the gateway answers, and a client needs few. */
function limitControlFrames(session: ServerHttp2Session, max: number, onFlood: (address: string) => void): void {
  let sinceMs = performance.now();
  let count = 0;
  const onFrame = (): void => {
    const nowMs = performance.now();
    if (nowMs - sinceMs > CONTROL_WINDOW_MS) {
      sinceMs = nowMs;
      count = 0;
    }
    count += 1;
    if (count === max + 1) onFlood(session.socket?.remoteAddress ?? '');
  };
  session.on('ping', onFrame).on('remoteSettings', onFrame);
}
