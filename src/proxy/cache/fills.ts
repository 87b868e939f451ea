import { GenerationMap } from '../../edge/generation-map.ts';
import { PassingMap } from '../../passing-map.ts';
import type { Clock } from '../../transport/clock.ts';
import type { RouteScope } from '../route-exchange.ts';
import { Fill } from './fill.ts';

/** How long nobody waits for the answer to another's request, since the last one was for its client alone. */
const ALONE_MS = 120_000;
/** The same after an error. */
const ALONE_AFTER_ERROR_MS = 1_000;
/** Kinds of requests of which that is remembered. */
const MAX_ALONE = 10_000;

/** The requests of a route that are under way and whose answers may be kept. */
export class Fills {
  readonly #clock: Clock;
  /** Those that others may wait for, by what they have in common with them. */
  readonly #awaited = new PassingMap<string, Fill>();
  /** All, by their URI. */
  readonly #underWay = new PassingMap<string, Set<Fill>>();
  readonly #aloneUntilMs = new GenerationMap<string, number>(MAX_ALONE);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(key: string): Fill | undefined {
    return this.#awaited.get(key);
  }

  /** @param key What those have in common who may wait for it. */
  begin(uri: string, key: string, cause: RouteScope): Fill {
    const fill = new Fill({ uri, key, cause, clock: this.#clock, onSettled: (settled) => this.#remove(settled) });
    const ofUri = this.#underWay.get(uri);
    if (ofUri === undefined) this.#underWay.set(uri, new Set([fill]));
    else ofUri.add(fill);
    if (!this.#awaited.has(key) && !this.isAlone(key)) this.#awaited.set(key, fill);
    return fill;
  }

  /** What the requests for a URI bring that are under way is old already. */
  outdate(uri: string): void {
    for (const fill of this.#underWay.get(uri) ?? []) fill.isOutdated = true;
  }

  /** Whether the answers to such requests are for their clients alone, as far as is known. */
  isAlone(key: string): boolean {
    const untilMs = this.#aloneUntilMs.get(key);
    if (untilMs === undefined) return false;
    if (this.#clock.now() < untilMs) return true;
    this.#aloneUntilMs.delete(key);
    return false;
  }

  /** Nobody is to wait for the next request of this kind. @param status Of the answer. */
  markAlone({ key }: Fill, status: number): void {
    this.#aloneUntilMs.set(key, this.#clock.now() + (status >= 500 ? ALONE_AFTER_ERROR_MS : ALONE_MS));
  }

  /** The answers are for all. */
  markShared({ key }: Fill): void {
    this.#aloneUntilMs.delete(key);
  }

  #remove(fill: Fill): void {
    if (this.#awaited.get(fill.key) === fill) this.#awaited.delete(fill.key);
    const ofUri = this.#underWay.get(fill.uri);
    ofUri?.delete(fill);
    if (ofUri?.size === 0) this.#underWay.delete(fill.uri);
  }
}
