import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';

/** Watches bodies that are waited for, so that nobody holds a place by sending next to nothing. */
export interface BodyPace {
  /** To be called once for a request that has a body. */
  watch(request: IncomingMessage): void;
  close(): void;
}

export interface BodyPaceOptions {
  /** Fewer bytes per second than this, over the window, are too slow. */
  readonly minBytesPerSecond: number;
  readonly windowMs: number;
  readonly onSlow: (request: IncomingMessage) => void;
}

interface Window {
  sinceMs: number;
  /** Of the connection at that time. Streams of HTTP/2 share it: a slow one beside a fast one is left to its deadline. */
  bytesRead: number;
}

/** How often all of them are looked at: there is one timer, not one for each. */
const SWEEP_MS = 1_000;

export function createBodyPace({ minBytesPerSecond, windowMs, onSlow }: BodyPaceOptions): BodyPace {
  const watched = new Map<IncomingMessage, Window>();
  const sweep = (): void => {
    const nowMs = performance.now();
    for (const [request, window] of watched) {
      if (request.complete || request.destroyed) {
        watched.delete(request);
        continue;
      }
      const { bytesRead } = request.socket;
      if (!isWaitedFor(request)) {
        window.sinceMs = nowMs;
        window.bytesRead = bytesRead;
        continue;
      }
      const lastedMs = nowMs - window.sinceMs;
      if (lastedMs < windowMs) continue;
      if ((bytesRead - window.bytesRead) * 1_000 < minBytesPerSecond * lastedMs) {
        watched.delete(request);
        onSlow(request);
        continue;
      }
      window.sinceMs = nowMs;
      window.bytesRead = bytesRead;
    }
  };
  const timer = setInterval(sweep, SWEEP_MS);
  timer.unref();
  return {
    watch(request) {
      if (minBytesPerSecond > 0) {
        watched.set(request, { sinceMs: performance.now(), bytesRead: request.socket.bytesRead });
      }
    },
    close() {
      clearInterval(timer);
      watched.clear();
    },
  };
}

/** The client is at fault only while somebody reads and there is nothing to read: not under back-pressure, nor before a limit. */
function isWaitedFor(request: IncomingMessage): boolean {
  if (request.readableLength > 0) return false;
  return request.readableFlowing === true || request.listenerCount('readable') > 0;
}
