import type { Clock, Timer } from './clock.ts';

/** Resolves after `delayMs`, or as soon as the signal is aborted. */
export function wait(delayMs: number, signal: AbortSignal, clock: Clock): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer: Timer = clock.setTimeout(end, delayMs);
    // Somebody waits: at a start this may be all that is under way.
    timer.ref?.();
    signal.addEventListener('abort', end);
  });
}
