import { compileTrustedProxies } from '../../edge/client-address.ts';
import { createConnectionCaps } from './connection-caps.ts';
import { drainListeners } from './drain-listeners.ts';
import type { ListenerEvent } from './events.ts';
import type { Handlers } from './handlers.ts';
import { listenersOf, type ServerDefinition, type Surface, surfaceOf } from './listener-definition.ts';
import { type Listener, openListener } from './open-listener.ts';

/** All that is listened on. */
export interface Listeners {
  readonly addresses: readonly ListenerAddress[];
  /** Asks clients to take other connections from now on; all are still served. */
  announceDrain(): void;
  /**
   * Takes no more connections, closes those without a request, and the others after it; event streams and tunnels at random
   * within `shutdown_spread`. After `shutdown_grace` cuts what is left.
   * @returns whether no request was cut.
   */
  close(): Promise<boolean>;
}

export interface ListenerAddress extends Surface {
  /** Base URL, with the port that was really bound; `unix:` and the path for a unix socket. */
  readonly url: string;
}

export interface ListenersParts {
  /** What a listener hands its requests to. */
  readonly handlersOf: (surface: Surface) => Handlers;
  readonly onEvent: (event: ListenerEvent) => void;
}

/** @throws {Error} that says which listener cannot be opened, and why; then none is. */
export async function openListeners(server: ServerDefinition, parts: ListenersParts): Promise<Listeners> {
  const proxies = compileTrustedProxies(server.trustedProxies);
  const isExempt = (address: string): boolean => address === '' || proxies.has(address);
  const caps = createConnectionCaps(server.maxConnections, server.maxConnectionsPerClient, isExempt);
  const definitions = listenersOf(server);
  const opened: Listener[] = [];
  const addresses: ListenerAddress[] = [];
  try {
    for (const definition of definitions) {
      const surface = surfaceOf(definition, definitions);
      const onIncident: Parameters<typeof openListener>[1]['onIncident'] = (incident) =>
        parts.onEvent({ ...incident, listener: definition.name });
      const listener = await openListener(definition, {
        server,
        handlers: parts.handlersOf(surface),
        caps,
        onIncident,
      });
      opened.push(listener);
      addresses.push({ ...surface, url: listener.url });
    }
  } catch (error) {
    await Promise.all(opened.map((listener) => [listener.stop(), listener.destroy()][0]));
    throw error;
  }
  return {
    addresses,
    announceDrain() {
      for (const { http1, http2 } of opened) {
        http1.announceDrain();
        http2?.announceDrain();
      }
    },
    close: () => drainListeners(opened, server),
  };
}
