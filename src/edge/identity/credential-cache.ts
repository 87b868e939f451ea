import { GenerationMap } from '../generation-map.ts';
import { StoreBreaker, type StoreBreakerOptions } from '../store-breaker.ts';

/** What a judge of credentials says; `value: null`: it does not know or no longer accepts the credential. */
export interface Judgement<T> {
  readonly value: T | null;
  /** Milliseconds since the epoch at which the credential ends; `Infinity`: it does not say. */
  readonly expiresMs: number;
}

/** The judge is away, and nothing usable is remembered of the credential. */
export class JudgeLost {
  readonly cause: unknown;
  constructor(cause: unknown) {
    this.cause = cause;
  }
}

export interface CredentialCacheOptions {
  /** Milliseconds that an accepted credential is believed without asking again; a revocation is seen after it. Default 60,000. */
  readonly ttlMs?: number;
  /** Milliseconds that a refused one is; keeps a client with a dead token from hammering the judge. Default 10,000. */
  readonly negativeTtlMs?: number;
  /** Milliseconds beyond `ttlMs` that an accepted one is believed while the judge is away. Default 0: denied. */
  readonly staleMs?: number;
  readonly maxEntries?: number;
  readonly breaker?: StoreBreakerOptions;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

interface Entry<T> extends Judgement<T> {
  readonly freshUntilMs: number;
}

type Found<T> = T | null | JudgeLost;

/** Remembers what a judge (an introspection endpoint, a store of keys) said; asks once for requests that come together. */
export class CredentialCache<T> {
  readonly #judge: (key: string) => Promise<Judgement<T>>;
  readonly #entries: GenerationMap<string, Entry<T>>;
  readonly #asking = new Map<string, Promise<Found<T>>>();
  readonly #breaker: StoreBreaker;
  readonly #ttlMs: number;
  readonly #negativeTtlMs: number;
  readonly #staleMs: number;
  readonly #now: () => number;

  constructor(judge: (credential: string) => Promise<Judgement<T>>, options: CredentialCacheOptions = {}) {
    this.#judge = judge;
    this.#entries = new GenerationMap(options.maxEntries ?? 10_000);
    this.#breaker = new StoreBreaker(options.breaker);
    this.#ttlMs = options.ttlMs ?? 60_000;
    this.#negativeTtlMs = options.negativeTtlMs ?? 10_000;
    this.#staleMs = options.staleMs ?? 0;
    this.#now = options.now ?? Date.now;
  }

  /** @param key what is remembered: a digest. @param credential what the judge is asked. */
  find(key: string, credential: string): Found<T> | Promise<Found<T>> {
    const entry = this.#entries.get(key);
    const now = this.#now();
    if (entry !== undefined && now < entry.freshUntilMs && now < entry.expiresMs) return entry.value;
    let asking = this.#asking.get(key);
    if (asking === undefined) {
      asking = this.#ask(key, credential, entry).finally(() => this.#asking.delete(key));
      this.#asking.set(key, asking);
    }
    return asking;
  }

  async #ask(key: string, credential: string, known: Entry<T> | undefined): Promise<Found<T>> {
    let cause: unknown = 'the breaker is open';
    if (this.#breaker.tryEnter()) {
      try {
        const judgement = await this.#judge(credential);
        this.#breaker.succeed();
        return this.#keep(key, judgement);
      } catch (error) {
        this.#breaker.fail();
        cause = error;
      }
    }
    const now = this.#now();
    const isBelievable = known !== undefined && now < known.freshUntilMs + this.#staleMs && now < known.expiresMs;
    return isBelievable && known.value !== null ? known.value : new JudgeLost(cause);
  }

  #keep(key: string, { value, expiresMs }: Judgement<T>): T | null {
    const now = this.#now();
    const accepted = value !== null && now < expiresMs ? value : null;
    const ttlMs = accepted === null ? this.#negativeTtlMs : this.#ttlMs;
    // A refusal has no end of its own: it is asked for again after its short life.
    const ends = accepted === null ? Number.POSITIVE_INFINITY : expiresMs;
    this.#entries.set(key, { value: accepted, expiresMs: ends, freshUntilMs: now + ttlMs });
    return accepted;
  }
}
