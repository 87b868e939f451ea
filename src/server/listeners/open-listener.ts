import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { compileTrustedProxies, normalizeAddress } from '../../edge/client-address.ts';
import type { ConnectionCaps } from './connection-caps.ts';
import { readDirectly } from './direct-socket.ts';
import type { ConnectionRefusal, ListenerIncident } from './events.ts';
import type { Handlers } from './handlers.ts';
import { createHttp1, type Http1 } from './http1/http1.ts';
import { createHttp2, type Http2 } from './http2.ts';
import { judgePreface } from './http2-preface.ts';
import type { ListenerDefinition, ServerDefinition } from './listener-definition.ts';
import { type Peer, presentPeer } from './peer.ts';
import { type ProxyHeader, readProxyHeader } from './proxy-protocol.ts';
import { type Judge, readAhead } from './read-ahead.ts';
import { createTlsServer, type TlsServer } from './tls-server.ts';
import { clearSocketPath } from './unix-socket.ts';

/** One address that is listened on. */
export interface Listener {
  readonly name: string;
  /** Base URL, with the port that was really bound; `unix:` and the path for a unix socket. */
  readonly url: string;
  readonly http1: Http1;
  readonly http2: Http2 | undefined;
  /** Takes no more connections. @returns when the last one is gone. */
  stop(): Promise<void>;
  /** Cuts what is left. */
  destroy(): void;
}

export interface ListenerParts {
  readonly server: ServerDefinition;
  readonly handlers: Handlers;
  readonly caps: ConnectionCaps;
  readonly onIncident: (incident: ListenerIncident) => void;
}

/**
 * A connection's way: places, PROXY protocol, TLS, HTTP/1.1 or HTTP/2.
 * @throws {Error} that says why the address or the certificates cannot be used.
 */
export async function openListener(definition: ListenerDefinition, parts: ListenerParts): Promise<Listener> {
  const { server: settings, caps, handlers, onIncident } = parts;
  const { tls, proxyProtocol, http2: wantsHttp2 = tls !== undefined } = definition;
  const http1 = createHttp1({ definition: settings, handlers, onIncident });
  const http2 = wantsHttp2 ? createHttp2({ definition: settings, handlers, onIncident }) : undefined;
  /** All connections; the value tells whether requests may come by it already. */
  const sockets = new Map<Socket, boolean>();
  /** Set once no more are taken. */
  let whenEmpty: (() => void) | undefined;
  const secure = tls === undefined ? undefined : await openTls();
  const isBalancer = compileBalancers(definition);

  const refuse = (socket: Socket, reason: ConnectionRefusal, detail?: string): void => {
    const address = socket.remoteAddress ?? '';
    onIncident({ type: 'connection_refused', reason, address, ...(detail !== undefined && { detail }) });
    socket.destroy();
  };

  const accept = (socket: Socket): void => {
    // What goes wrong with a connection ends it; who uses it is told by its close.
    socket.on('error', () => undefined);
    if (!caps.enter()) return void refuse(socket, 'max_connections');
    sockets.set(socket, false);
    socket.once('close', () => {
      sockets.delete(socket);
      caps.leave();
      if (sockets.size === 0) whenEmpty?.();
    });
    if (proxyProtocol === undefined || !isBalancer(socket)) return void admit(socket);
    void readAhead(socket, judgeProxyHeader, proxyProtocol.timeoutMs).then((header) => {
      if (header === undefined) return refuse(socket, 'proxy_header', 'it did not come in time');
      if (header.kind === 'invalid') return refuse(socket, 'proxy_header', header.reason);
      if (header.kind === 'proxied') presentPeer(socket, header);
      admit(socket);
    });
  };

  const admit = (socket: Socket): void => {
    if (socket.destroyed) return;
    const client = normalizeAddress(socket.remoteAddress ?? '');
    if (!caps.enterClient(client)) return void refuse(socket, 'max_connections_per_client');
    socket.once('close', () => caps.leaveClient(client));
    if (secure !== undefined) secure.server.emit('connection', socket);
    else if (http2 === undefined) serve('http/1.1', socket, socket);
    else {
      void readAhead(socket, judgePreface, settings.headersTimeoutMs).then((protocol) => {
        if (protocol === undefined) refuse(socket, 'slow');
        else serve(protocol, socket, socket);
      });
    }
  };

  const serve = (protocol: 'h2' | 'http/1.1', socket: Socket, below: Socket): void => {
    if (!sockets.has(below)) return;
    sockets.set(below, true);
    if (protocol === 'h2' && http2 !== undefined) return void http2.serve(socket);
    http1.serve(socket);
    // What was read ahead is still in the paused socket.
    socket.resume();
  };

  async function openTls(): Promise<TlsServer> {
    const made = await createTlsServer({
      tls: tls as NonNullable<typeof tls>,
      hasHttp2: http2 !== undefined,
      handshakeTimeoutMs: settings.headersTimeoutMs,
      onIncident,
    });
    made.server.on('tlsClientError', (error, socket) => refuse(socket, 'handshake', error.message));
    made.server.on('secureConnection', (socket) => {
      const below = socketBelow(socket);
      if (below === undefined) return refuse(socket, 'handshake', 'the connection has gone');
      if (Object.hasOwn(below, 'remoteAddress')) presentPeer(socket, peerOf(below));
      serve(socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1', socket, below);
    });
    return made;
  }

  // What comes first on all other connections is not HTTP/1.1.
  const isPlain = tls === undefined && http2 === undefined && proxyProtocol === undefined;
  const server = createServer(
    { allowHalfOpen: true, noDelay: true, keepAlive: true, pauseOnConnect: isPlain },
    isPlain ? (socket) => accept(readDirectly(socket)) : accept,
  );
  try {
    await bind(server, definition);
  } catch (cause) {
    secure?.close();
    http1.close();
    const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    throw new Error(`Cannot open the listener "${definition.name}" on ${describeAddress(definition)}: ${reason}`, {
      cause,
    });
  }
  server.on('error', (cause) => onIncident({ type: 'failed', cause }));
  return {
    name: definition.name,
    url: urlOf(server, definition),
    http1,
    http2,
    stop() {
      secure?.close();
      // What has not come to its first request has nothing to lose.
      for (const [socket, isServed] of sockets) if (!isServed) socket.destroy();
      return new Promise((resolve) => {
        // Not what the server counts: connections may have been taken from its sockets.
        whenEmpty = resolve;
        server.close();
        if (sockets.size === 0) resolve();
      });
    },
    destroy() {
      http2?.close();
      http1.close();
      for (const socket of sockets.keys()) socket.destroy();
    },
  };
}

const judgeProxyHeader: Judge<ProxyHeader> = (bytes) => {
  const header = readProxyHeader(bytes);
  if (header.kind === 'incomplete') return undefined;
  return { value: header, consumed: header.kind === 'invalid' ? 0 : header.length };
};

function compileBalancers({ proxyProtocol, unix }: ListenerDefinition): (socket: Socket) => boolean {
  // Who may connect to a unix socket is decided by its mode.
  if (unix !== undefined) return () => true;
  const { has } = compileTrustedProxies(proxyProtocol?.trusted ?? []);
  return (socket) => has(socket.remoteAddress ?? '');
}

/** The connection that TLS is spoken on. */
function socketBelow(socket: TLSSocket): Socket | undefined {
  return (socket as TLSSocket & { readonly _parent?: Socket })._parent ?? undefined;
}

function peerOf({ remoteAddress = '', remotePort = 0 }: Socket): Peer {
  return { address: remoteAddress, port: remotePort };
}

async function bind(
  server: Server,
  { unix, host = '127.0.0.1', port, reusePort = false, mode = '0660' }: ListenerDefinition,
): Promise<void> {
  const bound = once(server, 'listening');
  if (unix === undefined) {
    server.listen({ port, host, reusePort });
    await bound;
    return;
  }
  await clearSocketPath(unix);
  server.listen({ path: unix });
  await bound;
  chmodSync(unix, Number.parseInt(mode, 8));
}

function describeAddress({ unix, host = '127.0.0.1', port }: ListenerDefinition): string {
  return unix ?? `${host}:${port}`;
}

function urlOf(server: Server, { unix, host = '127.0.0.1', tls }: ListenerDefinition): string {
  if (unix !== undefined) return `unix:${unix}`;
  const { port } = server.address() as AddressInfo;
  return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
