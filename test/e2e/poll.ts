import { setTimeout as delay } from 'node:timers/promises';

/** Asks again every 50 ms until the answer holds; rejects after `timeoutMs` with the last one. */
export async function poll<T>(ask: () => Promise<T>, holds: (answer: T) => boolean, timeoutMs = 15_000): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (performance.now() > endMs) throw new Error(`Still not after ${timeoutMs} ms: ${JSON.stringify(answer)}`);
    await delay(50);
  }
}
