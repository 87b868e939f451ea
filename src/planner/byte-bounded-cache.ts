interface Entry<Value> {
  readonly value: Value;
  readonly bytes: number;
  hits: number;
  /** Whether it was asked for since the hand last passed. */
  isRecent: boolean;
}

/**
 * A map bounded by the bytes that its values are said to weigh. Evicts what was not asked for lately (second chance:
 * a hit costs one write, and nothing is moved).
 */
export class ByteBoundedCache<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #maxBytes: number;
  #bytes = 0;

  /** @param maxBytes at least 0; a value that is heavier by itself is not kept. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.isRecent = true;
    entry.hits += 1;
    return entry.value;
  }

  /** As {@link get}, without counting as a use. */
  peek(key: string): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  /** @param bytes what the value weighs; the key is added to it. */
  set(key: string, value: Value, bytes: number): void {
    this.delete(key);
    const weight = bytes + key.length * 2;
    if (weight > this.#maxBytes) return;
    this.#entries.set(key, { value, bytes: weight, hits: 0, isRecent: false });
    this.#bytes += weight;
    while (this.#bytes > this.#maxBytes) this.#evictOne(key);
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }

  /** The values most asked for, hottest first. */
  hottest(count: number): readonly Value[] {
    return [...this.#entries.values()]
      .sort((left, right) => right.hits - left.hits)
      .slice(0, count)
      .map(({ value }) => value);
  }

  #evictOne(newest: string): void {
    for (const [key, entry] of this.#entries) {
      if (key === newest) continue;
      if (!entry.isRecent) {
        this.delete(key);
        return;
      }
      // A second chance, at the end of the line.
      entry.isRecent = false;
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    const first = this.#entries.keys().next();
    if (!first.done) this.delete(first.value);
  }
}
