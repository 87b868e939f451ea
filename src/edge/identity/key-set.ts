import {
  type CompactJWSHeaderParameters,
  type CryptoKey,
  calculateJwkThumbprint,
  createLocalJWKSet,
  type JSONWebKeySet,
  type JWK,
  type LocalJWKSet,
} from 'jose';
import type { LoadKeys } from './load-keys.ts';

export interface KeySetOptions {
  /** Milliseconds between reads in the background; default 10 minutes. */
  readonly refreshIntervalMs?: number;
  /** Milliseconds after which keys that could not be read again are no longer used; default 24 hours. */
  readonly maxAgeMs?: number;
  /** Least milliseconds between two reads that an unknown `kid` asks for; default 30 seconds. */
  readonly unknownKeyIntervalMs?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly onEvent?: (event: KeySetEvent) => void;
}

export type KeySetEvent =
  | { readonly type: 'keys_loaded'; readonly generation: number; readonly keys: number }
  | { readonly type: 'keys_unavailable'; readonly cause: unknown };

/** A cached verification is good for as long as its key is in the set. */
export interface KeyStamp {
  generation: number;
  /** RFC 7638 thumbprint of the key; `undefined` where the token names no `kid`. */
  readonly thumbprint: string | undefined;
  readonly kid: string | undefined;
}

const MAX_UNKNOWN_KIDS = 1_000;

/**
 * The public keys of one issuer: read in the background, kept while the issuer is away, read again at once (but rarely)
 * for a `kid` that is not in them. Never throws for what the issuer does.
 */
export class KeySet {
  readonly #load: LoadKeys;
  readonly #options: Required<Omit<KeySetOptions, 'onEvent'>> & Pick<KeySetOptions, 'onEvent'>;
  readonly #timer: NodeJS.Timeout;
  readonly #closing = new AbortController();
  readonly #unknownKids = new Map<string, number>();
  #resolve: LocalJWKSet | undefined;
  #thumbprints = new Map<string, string>();
  #text = '';
  #generation = 0;
  #loadedAtMs = Number.NEGATIVE_INFINITY;
  #unknownKidReadAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #unknownKidRead: Promise<void> | undefined;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #lastFailure: unknown;

  constructor(load: LoadKeys, options: KeySetOptions = {}) {
    this.#load = load;
    this.#options = { ...DEFAULTS, ...options };
    this.#timer = setInterval(() => void this.refresh(), this.#options.refreshIntervalMs);
    this.#timer.unref();
    void this.refresh();
  }

  /** Goes up by one whenever the keys change; 0: none were read yet. */
  get generation(): number {
    return this.#generation;
  }

  /** Why the last read failed; `undefined` where it did not. */
  get lastFailure(): unknown {
    return this.#lastFailure;
  }

  /** Whether there are keys young enough to be used. Waits for a read under way if there are none. */
  async isUsable(): Promise<boolean> {
    if (this.#isFresh()) return true;
    // Without keys every request would ask the issuer: at most one read per second does.
    if (this.#reading === undefined && this.#options.now() - this.#failedAtMs < 1_000) return false;
    await this.refresh();
    return this.#isFresh();
  }

  /** Finds the key of a JWS header. @throws {JOSEError} where no key, or more than one, fits. */
  readonly getKey = async (header: CompactJWSHeaderParameters): Promise<CryptoKey> => {
    const resolve = this.#resolve;
    if (resolve === undefined) throw new Error('Cannot find a key: no keys were read');
    return resolve(header);
  };

  /** Whether the set has the `kid`, after at most one shared read for the sake of unknown ones. */
  async hasKid(kid: string): Promise<boolean> {
    if (this.#thumbprints.has(kid)) return true;
    const knownMissingUntilMs = this.#unknownKids.get(kid);
    if (knownMissingUntilMs !== undefined && this.#options.now() < knownMissingUntilMs) return false;
    await this.readForUnknown();
    if (this.#thumbprints.has(kid)) return true;
    if (this.#unknownKids.size >= MAX_UNKNOWN_KIDS) this.#unknownKids.clear();
    this.#unknownKids.set(kid, this.#unknownKidReadAtMs + this.#options.unknownKeyIntervalMs);
    return false;
  }

  /** Reads the keys for a token that none of them fits: one read for all who ask, and rarely. */
  async readForUnknown(): Promise<void> {
    const now = this.#options.now();
    if (this.#unknownKidRead === undefined) {
      if (now - this.#unknownKidReadAtMs < this.#options.unknownKeyIntervalMs) return;
      this.#unknownKidReadAtMs = now;
      // A read that began before the question may have missed the key: a new one follows it.
      this.#unknownKidRead = (this.#reading ?? Promise.resolve())
        .then(() => this.refresh())
        .finally(() => {
          this.#unknownKidRead = undefined;
        });
    }
    await this.#unknownKidRead;
  }
  stamp(kid: string | undefined): KeyStamp {
    const thumbprint = kid === undefined ? undefined : this.#thumbprints.get(kid);
    return { generation: this.#generation, thumbprint, kid };
  }

  /** Whether a verification made under the stamp still holds; moves the stamp to the present generation if so. */
  isCurrent(stamp: KeyStamp): boolean {
    if (!this.#isFresh()) return false;
    if (stamp.generation === this.#generation) return true;
    if (stamp.kid === undefined || this.#thumbprints.get(stamp.kid) !== stamp.thumbprint) return false;
    stamp.generation = this.#generation;
    return true;
  }

  /** Reads the keys now; reads under way are shared. A failure keeps what there is. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    await this.#reading;
  }

  #isFresh(): boolean {
    return this.#options.now() - this.#loadedAtMs < this.#options.maxAgeMs;
  }

  async #read(): Promise<void> {
    try {
      const keySet = await this.#load(this.#closing.signal);
      await this.#adopt(keySet);
      this.#lastFailure = undefined;
    } catch (cause) {
      this.#failedAtMs = this.#options.now();
      this.#lastFailure = cause;
      if (!this.#closing.signal.aborted) this.#options.onEvent?.({ type: 'keys_unavailable', cause });
    }
  }

  async #adopt(keySet: JSONWebKeySet): Promise<void> {
    const text = JSON.stringify(keySet.keys);
    if (text !== this.#text) {
      const thumbprints = await readThumbprints(keySet.keys);
      this.#resolve = createLocalJWKSet(keySet);
      this.#thumbprints = thumbprints;
      this.#text = text;
      this.#generation += 1;
      this.#options.onEvent?.({ type: 'keys_loaded', generation: this.#generation, keys: keySet.keys.length });
    }
    this.#loadedAtMs = this.#options.now();
  }
}

const DEFAULTS = {
  refreshIntervalMs: 600_000,
  maxAgeMs: 86_400_000,
  unknownKeyIntervalMs: 30_000,
  now: Date.now,
};

async function readThumbprints(keys: readonly JWK[]): Promise<Map<string, string>> {
  const thumbprints = new Map<string, string>();
  for (const key of keys) {
    if (typeof key.kid !== 'string') continue;
    // A key of a type that this version does not know must not take the others with it.
    const thumbprint = await calculateJwkThumbprint(key).catch(() => undefined);
    if (thumbprint !== undefined) thumbprints.set(key.kid, `${thumbprints.get(key.kid) ?? ''}${thumbprint}`);
  }
  return thumbprints;
}
