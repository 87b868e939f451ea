import type { RequestContext } from '../../edge/request-context.ts';
import type { Random } from '../clock.ts';
import { BUCKETS, bucketOf } from './bucket.ts';
import { clientKey, type KeySource } from './client-key.ts';
import { compilePin, type PinSettings, type ReadPin } from './pin.ts';

export interface CanarySettings {
  readonly version: string;
  /** Percent. */
  readonly weight: number;
  readonly salt: string;
  readonly key: readonly KeySource[];
  readonly cookie: string;
  readonly pin?: PinSettings | undefined;
}

export type Side = 'canary' | 'stable';

/** Which clients get the canary. A client stays on its side while the weight stays, and on the canary while it rises. */
export class CanarySplit {
  readonly version: string;
  readonly #settings: CanarySettings;
  readonly #readPin: ReadPin | undefined;
  readonly #random: Random;
  #below: number;

  constructor(settings: CanarySettings, random: Random) {
    this.version = settings.version;
    this.#settings = settings;
    this.#readPin = settings.pin && compilePin(settings.pin);
    this.#random = random;
    this.#below = Math.round(settings.weight * (BUCKETS / 100));
  }

  /** Percent. */
  get weight(): number {
    return (this.#below * 100) / BUCKETS;
  }

  set weight(percent: number) {
    this.#below = Math.round(Math.max(0, Math.min(100, percent)) * (BUCKETS / 100));
  }

  choose(context: RequestContext): Side {
    const pinned = this.#readPin?.(context);
    if (pinned !== undefined) return pinned === this.version ? 'canary' : 'stable';
    if (this.#below === 0) return 'stable';
    if (this.#below >= BUCKETS) return 'canary';
    const key = clientKey(context, this.#settings.key, this.#settings.cookie);
    const bucket = key === undefined ? Math.floor(this.#random() * BUCKETS) : bucketOf(this.#settings.salt, key);
    return bucket < this.#below ? 'canary' : 'stable';
  }
}
