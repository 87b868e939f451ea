import { hash } from 'node:crypto';
import { RedisConnection, type RedisTarget } from '../../edge/redis-connection.ts';
import { StoreBreaker, type StoreBreakerOptions } from '../../edge/store-breaker.ts';
import type { AnswerStore, Kept } from './answer-store.ts';
import type { OnCacheEvent } from './cache-event.ts';
import { decodeEntry, encodeEntry } from './entry-format.ts';

export interface RedisStoreOptions {
  readonly target: RedisTarget;
  readonly namespace: string;
  /** Longest wait for the store, milliseconds. */
  readonly deadlineMs: number;
  readonly breaker?: StoreBreakerOptions;
  readonly onEvent?: OnCacheEvent | undefined;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly epochMs?: () => number;
}

/** No answer is kept for longer: what nobody asks for goes. */
const LONGEST_MS = 30 * 24 * 3_600_000;

/** Answers in Redis, for all processes. A store that is lost, late or full of something else keeps nothing, and is not asked for a while. */
export class RedisStore implements AnswerStore {
  readonly bytes = 0;
  readonly #connection: RedisConnection;
  readonly #breaker: StoreBreaker;
  readonly #options: RedisStoreOptions;
  readonly #epochMs: () => number;
  #isLost = false;

  constructor(options: RedisStoreOptions) {
    this.#options = options;
    this.#epochMs = options.epochMs ?? Date.now;
    this.#connection = new RedisConnection(options.target, options.deadlineMs);
    this.#breaker = new StoreBreaker(options.breaker);
  }

  waitUntilReady(timeoutMs: number): Promise<boolean> {
    return this.#connection.waitUntilReady(timeoutMs);
  }

  async get(key: string): Promise<Kept | undefined> {
    const bytes = await this.#ask(() => this.#connection.getBytes(this.#keyOf(key)));
    return bytes === undefined || bytes === null ? undefined : decodeEntry(bytes);
  }

  async set(key: string, kept: Kept, endMs: number): Promise<void> {
    const ttlMs = Math.min(Math.ceil(endMs - this.#epochMs()), LONGEST_MS);
    if (ttlMs < 1) return;
    await this.#ask(() => this.#connection.setBytes(this.#keyOf(key), encodeEntry(kept), ttlMs));
  }

  async delete(key: string): Promise<void> {
    await this.#ask(() => this.#connection.delete(this.#keyOf(key)));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** Neither what a client sent nor how long it is shows in the name. */
  #keyOf(key: string): string {
    return `weir:${this.#options.namespace}:cache:${hash('sha256', key, 'base64url')}`;
  }

  async #ask<T>(ask: () => Promise<T>): Promise<T | undefined> {
    if (!this.#breaker.tryEnter()) return undefined;
    try {
      const answer = await ask();
      this.#breaker.succeed();
      if (this.#isLost) this.#options.onEvent?.({ type: 'store_recovered' });
      this.#isLost = false;
      return answer;
    } catch (cause) {
      this.#breaker.fail();
      if (this.#breaker.isOpen && !this.#isLost) {
        this.#isLost = true;
        this.#options.onEvent?.({ type: 'store_failed', cause });
      }
      return undefined;
    }
  }
}
