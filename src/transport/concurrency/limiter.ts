import type { Clock, Timer } from '../clock.ts';
import type { Priority } from '../upstream.ts';

export interface LimiterSettings {
  /** Most requests at once. */
  readonly limit: number;
  /** Most that wait. */
  readonly queue: number;
  readonly queueTimeoutMs: number;
}

/** Why a request does not get a turn. */
export type TurnRefusal = 'queue_full' | 'queue_timeout' | 'displaced' | 'aborted';

interface Waiting {
  readonly priority: Priority;
  readonly end: (refusal: TurnRefusal | undefined) => void;
}

const CLASSES: readonly Priority[] = ['high', 'normal', 'low'];

/**
 * Bounds the requests of an upstream that are on their way. Those above the limit wait in a short queue, the higher class
 * first; where the queue is full, a higher class displaces the youngest of the lowest class that waits.
 */
export class Limiter {
  readonly #clock: Clock;
  #settings: LimiterSettings;
  #limit: number;
  #running = 0;
  #waiting = 0;
  readonly #queues: Record<Priority, Waiting[]> = { high: [], normal: [], low: [] };

  constructor(settings: LimiterSettings, clock: Clock) {
    this.#clock = clock;
    this.#settings = settings;
    this.#limit = settings.limit;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Below the configured limit an adaptive one may move. */
  set limit(limit: number) {
    this.#limit = Math.max(1, Math.min(this.#settings.limit, Math.floor(limit)));
    this.#serve();
  }

  configure(settings: LimiterSettings): void {
    this.#settings = settings;
    this.limit = settings.limit;
  }

  /** Takes a turn without waiting, if there is one; to be given back by {@link release}. */
  tryAcquire(): boolean {
    if (this.#running >= this.#limit) return false;
    this.#running++;
    return true;
  }

  /** Waits for a turn; `undefined`: got one, to be given back by {@link release}. */
  acquire(priority: Priority, signal: AbortSignal): Promise<TurnRefusal | undefined> {
    if (this.#waiting >= this.#settings.queue && !this.#displaceBelow(priority)) return Promise.resolve('queue_full');
    return new Promise((resolve) => {
      const end = (refusal: TurnRefusal | undefined) => {
        this.#clock.clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        resolve(refusal);
      };
      const waiting: Waiting = { priority, end };
      const onAbort = () => this.#leave(waiting, 'aborted');
      const timer: Timer = this.#clock.setTimeout(
        () => this.#leave(waiting, 'queue_timeout'),
        this.#settings.queueTimeoutMs,
      );
      signal.addEventListener('abort', onAbort);
      this.#queues[priority].push(waiting);
      this.#waiting++;
    });
  }

  release(): void {
    this.#running--;
    this.#serve();
  }

  #serve(): void {
    while (this.#waiting > 0 && this.#running < this.#limit) {
      for (const priority of CLASSES) {
        const next = this.#queues[priority].shift();
        if (next === undefined) continue;
        this.#waiting--;
        this.#running++;
        next.end(undefined);
        break;
      }
    }
  }

  #displaceBelow(priority: Priority): boolean {
    for (let i = CLASSES.length - 1; i > CLASSES.indexOf(priority); i--) {
      const youngest = this.#queues[CLASSES[i] as Priority].at(-1);
      if (youngest === undefined) continue;
      this.#leave(youngest, 'displaced');
      return true;
    }
    return false;
  }

  #leave(waiting: Waiting, refusal: TurnRefusal): void {
    const queue = this.#queues[waiting.priority];
    const index = queue.indexOf(waiting);
    if (index === -1) return;
    queue.splice(index, 1);
    this.#waiting--;
    waiting.end(refusal);
  }
}
