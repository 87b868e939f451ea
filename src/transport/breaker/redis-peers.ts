import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Clock } from '../clock.ts';
import type { Breaker, BreakerPeers, BreakerState } from './breaker.ts';

export interface RedisPeersOptions {
  readonly upstream: string;
  readonly breaker: Breaker;
  readonly redis: Redis;
  /** Its own connection: one that listens cannot ask. */
  readonly subscriber: Redis;
  readonly clock: Clock;
  readonly onError: (error: Error) => void;
}

/** A series of failures that does not go on for so long is forgotten. */
const FAILURES_TTL_MS = 60_000;
/** A process that was to probe and did not come to it gives way after this. */
const LEASE_MS = 5_000;

type Message =
  | { readonly from: string; readonly failures: number }
  | { readonly from: string; readonly openMs: number }
  | { readonly from: string; readonly closed: true };

/**
 * Shares a breaker with the other gateway processes through Redis. Failures in a row are counted among all; what opens or
 * closes it in one process does so in all; one process at a time holds the lease to probe. Times travel as durations, so
 * clocks need not agree. Where Redis is out of reach the breaker works by what its own process sees.
 */
export class RedisPeers implements BreakerPeers {
  readonly #options: RedisPeersOptions;
  readonly #id = randomUUID();
  readonly #key: string;
  #leaseUntilMs = 0;
  #asking = false;
  #listening = false;
  #series = 0;

  constructor(options: RedisPeersOptions) {
    this.#options = options;
    this.#key = `weir:breaker:${options.upstream}`;
  }

  /** Listens to the peers and takes over an open state. */
  async start(): Promise<void> {
    const { subscriber, redis, breaker, onError } = this.#options;
    subscriber.on('message', (channel: string, text: string) => {
      if (channel === this.#key) this.#receive(text);
    });
    breaker.join(this);
    try {
      await subscriber.subscribe(this.#key);
      const remainingMs = await redis.pttl(`${this.#key}:open`);
      if (remainingMs > 0 && breaker.state.kind === 'closed') this.#hear(() => breaker.openFor(remainingMs));
    } catch (error) {
      onError(error as Error);
    }
  }

  stop(): void {
    this.#options.breaker.leave(this);
  }

  failed(): void {
    const failuresKey = `${this.#key}:failures`;
    const series = this.#series;
    this.#tell(async (redis) => {
      const failures = await redis.incr(failuresKey);
      await redis.pexpire(failuresKey, FAILURES_TTL_MS);
      await this.#publish({ from: this.#id, failures });
      // A success in the meantime has ended the series.
      if (series === this.#series) this.#options.breaker.setFailures(failures);
    });
  }

  recovered(): void {
    this.#series++;
    this.#tell(async (redis) => {
      await redis.del(`${this.#key}:failures`);
      await this.#publish({ from: this.#id, failures: 0 });
    });
  }

  changed(to: BreakerState): void {
    if (this.#listening) return;
    if (to.kind === 'open') {
      const openMs = Math.max(1, Math.ceil(to.untilMs - this.#options.clock.now()));
      this.#leaseUntilMs = 0;
      this.#tell(async (redis) => {
        await redis.set(`${this.#key}:open`, this.#id, 'PX', openMs);
        await redis.del(`${this.#key}:failures`, `${this.#key}:probe`);
        await this.#publish({ from: this.#id, openMs });
      });
    } else if (to.kind === 'closed') {
      this.#leaseUntilMs = 0;
      this.#tell(async (redis) => {
        await redis.del(`${this.#key}:open`, `${this.#key}:failures`, `${this.#key}:probe`);
        await this.#publish({ from: this.#id, closed: true });
      });
    }
  }

  /** The first call asks for the lease; until it is answered, requests are refused as if the breaker were open. */
  mayProbe(): boolean {
    const now = this.#options.clock.now();
    const held = now < this.#leaseUntilMs;
    if (!this.#asking && now > this.#leaseUntilMs - LEASE_MS / 2) this.#askForLease();
    return held;
  }

  #askForLease(): void {
    const { redis, clock, onError } = this.#options;
    const held = clock.now() < this.#leaseUntilMs;
    this.#asking = true;
    const key = `${this.#key}:probe`;
    (held ? redis.set(key, this.#id, 'PX', LEASE_MS) : redis.set(key, this.#id, 'PX', LEASE_MS, 'NX'))
      .then(
        (answer) => {
          if (answer === 'OK') this.#leaseUntilMs = clock.now() + LEASE_MS;
        },
        (error: Error) => {
          // Nobody to agree with: this process probes for itself.
          this.#leaseUntilMs = clock.now() + LEASE_MS;
          onError(error);
        },
      )
      .finally(() => {
        this.#asking = false;
      });
  }

  #receive(text: string): void {
    let message: Message;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (message.from === this.#id) return;
    const { breaker } = this.#options;
    this.#hear(() => {
      if ('openMs' in message) breaker.openFor(message.openMs);
      else if ('closed' in message) breaker.close();
      // The peer that counted the last one opens it for all.
      else breaker.noteFailures(message.failures);
    });
  }

  /** What the peers said is not told back to them. */
  #hear(apply: () => void): void {
    this.#listening = true;
    try {
      apply();
    } finally {
      this.#listening = false;
    }
  }

  #tell(say: (redis: Redis) => Promise<void>): void {
    say(this.#options.redis).catch(this.#options.onError);
  }

  async #publish(message: Message): Promise<void> {
    await this.#options.redis.publish(this.#key, JSON.stringify(message));
  }
}
