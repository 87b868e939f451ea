import type { ServerResponse } from 'node:http';
import { isEventStream } from '../../transport/exchange/is-event-stream.ts';
import type { Listener } from './open-listener.ts';

interface DrainTimes {
  readonly shutdownGraceMs: number;
  readonly shutdownSpreadMs: number;
}

/** @returns whether no request was cut. Event streams and tunnels have no end to wait for: ending them is no cut. */
export async function drainListeners(
  listeners: readonly Listener[],
  { shutdownGraceMs, shutdownSpreadMs }: DrainTimes,
): Promise<boolean> {
  const timers: NodeJS.Timeout[] = [];
  const stopped = Promise.all(listeners.map((listener) => listener.stop()));
  // The other half of the grace is for their closing handshakes.
  const spreadMs = Math.min(shutdownSpreadMs, shutdownGraceMs / 2);
  const endInSpread = (end: () => void): void => {
    timers.push(setTimeout(end, Math.random() * spreadMs));
  };
  for (const { http1, http2 } of listeners) {
    for (const response of [...http1.inFlight(), ...(http2?.inFlight() ?? [])]) {
      // Ended without an end of the stream: that is what makes clients connect again.
      if (sendsEvents(response)) endInSpread(() => response.destroy());
    }
    for (const close of http1.tunnels().values()) endInSpread(close);
    for (const close of http2?.tunnels().values() ?? []) endInSpread(close);
    http1.drain();
    http2?.drain();
  }
  let isWhole = true;
  timers.push(
    setTimeout(() => {
      for (const listener of listeners) {
        const left = [...listener.http1.inFlight(), ...(listener.http2?.inFlight() ?? [])];
        if (!left.every(sendsEvents)) isWhole = false;
        listener.destroy();
      }
    }, shutdownGraceMs),
  );
  await stopped;
  for (const timer of timers) clearTimeout(timer);
  for (const listener of listeners) listener.destroy();
  return isWhole;
}

/** Server-sent events, also those of GraphQL subscriptions. */
function sendsEvents(response: ServerResponse): boolean {
  const type = response.getHeader('content-type');
  if (type !== undefined) return isEventStream(String(type));
  // Node does not keep headers that are all given to `writeHead`; the text that it made of them it does.
  const { _header: written } = response as ServerResponse & { readonly _header?: string | null };
  return isEventStream(/\r\ncontent-type: ?([^\r]*)/i.exec(written ?? '')?.[1]);
}
