/** Entries after which the map is made anew; more where more are in it at the same time. */
const LEAST_ADDED = 1_024;

/**
 * A long-lived map of what soon goes again, such as the requests under way. A `Map` that entries come to and go from moves to another
 * table again and again, and each table that it has left keeps the next one alive, with all that was in it at the time: what has
 * once grown old that way only a major collection of garbage can take away. This one starts afresh from time to time, which breaks the chain.
 */
export class PassingMap<K, V extends NonNullable<unknown>> {
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  #added = 0;
  #most = LEAST_ADDED;

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  has(key: K): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  get(key: K): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: K, value: V): void {
    if (this.#old.delete(key) || !this.#young.has(key)) this.#added += 1;
    if (this.#added > this.#most) this.#startAfresh();
    this.#young.set(key, value);
  }

  /** @returns Whether it was there. */
  delete(key: K): boolean {
    return this.#young.delete(key) || this.#old.delete(key);
  }

  /** What has stayed since the last time is taken along. */
  #startAfresh(): void {
    const stayed = new Map(this.#old);
    this.#old = this.#young;
    this.#young = stayed;
    this.#added = 0;
    this.#most = Math.max(LEAST_ADDED, 4 * this.size);
  }
}
