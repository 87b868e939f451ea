import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type * as z from 'zod';
import { server as serverSchema } from '../../../src/config/schema/server.ts';
import { ERRORS } from '../../../src/errors.ts';
import type { ListenerEvent } from '../../../src/server/listeners/events.ts';
import { findBreach, type HeaderLimits } from '../../../src/server/listeners/framing.ts';
import type { Handlers } from '../../../src/server/listeners/handlers.ts';
import { type Listeners, openListeners } from '../../../src/server/listeners/open-listeners.ts';

export type WrittenServer = z.input<typeof serverSchema>;

export interface Served {
  readonly listeners: Listeners;
  readonly events: ListenerEvent[];
  /** Of the listener with the name; default: the only one. */
  port(name?: string): number;
}

/** The listeners of a `server:` section, closed after the test. Requests go to the handlers as they are. */
export async function serve(t: TestContext, written: WrittenServer, handlers: Handlers): Promise<Served> {
  const definition = serverSchema.parse(written);
  const events: ListenerEvent[] = [];
  const listeners = await openListeners(definition, {
    handlersOf: () => handlers,
    onEvent: (event) => void events.push(event),
  });
  t.after(() => listeners.close());
  return {
    listeners,
    events,
    port(name) {
      const found = listeners.addresses.find((one) => name === undefined || one.listener === name);
      return Number(new URL((found as { url: string }).url).port);
    },
  };
}

/** Refuses what the gateway's own request listener refuses of the form, and records the rest. */
export function recording(
  requests: string[],
  limits: HeaderLimits = { maxHeaders: 100, maxHeadersSizeBytes: 32_768 },
): RequestListener {
  return (request, response) => {
    const breach = findBreach(request, limits);
    if (breach !== undefined) return void response.writeHead(ERRORS[breach.code].status).end(breach.message);
    requests.push(`${request.method} ${request.url}`);
    request.resume().on('end', () => response.end(request.socket.remoteAddress));
  };
}

/** Everything that the server sends until it ends, or `until` matches. */
export function readText(socket: Socket, until?: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const end = (): void => resolve(text);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (until?.test(text)) end();
    });
    socket.on('error', end).on('end', end).on('close', end);
  });
}

/** A connection that goes with the test. */
export function dial(t: TestContext, port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  return socket;
}

/** As `dial`, with TLS. @returns once the handshake is over. @throws {Error} where it fails. */
export function dialTls(t: TestContext, port: number, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', ...options });
    t.after(() => socket.destroy());
    socket.once('secureConnect', () => resolve(socket));
    socket.on('error', reject);
  });
}

export const GET = 'GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n';
