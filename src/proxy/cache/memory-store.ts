import type { AnswerStore, Kept } from './answer-store.ts';
import type { OnCacheEvent } from './cache-event.ts';

export interface MemoryStoreOptions {
  /** Most bytes of all entries, with what it costs to hold them. */
  readonly maxBytes: number;
  readonly onEvent?: OnCacheEvent | undefined;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly epochMs?: () => number;
}

interface Entry {
  readonly kept: Kept;
  readonly bytes: number;
  readonly endMs: number;
}

/** What a key, an object and its place in the map cost beside their texts, about. */
const OVERHEAD_BYTES = 512;

/** Answers in the memory of this process. When they are too many, those that were not asked for for longest go. */
export class MemoryStore implements AnswerStore {
  /** The longest unused first. */
  readonly #entries = new Map<string, Entry>();
  readonly #options: MemoryStoreOptions;
  readonly #epochMs: () => number;
  #bytes = 0;

  constructor(options: MemoryStoreOptions) {
    this.#options = options;
    this.#epochMs = options.epochMs ?? Date.now;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Kept | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.endMs <= this.#epochMs()) {
      this.#bytes -= entry.bytes;
      return undefined;
    }
    this.#entries.set(key, entry);
    return entry.kept;
  }

  set(key: string, kept: Kept, endMs: number): void {
    const { maxBytes, onEvent } = this.#options;
    this.delete(key);
    const bytes = sizeOf(key, kept);
    if (bytes > maxBytes) return;
    this.#entries.set(key, { kept, bytes, endMs });
    this.#bytes += bytes;
    let evicted = 0;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= maxBytes) break;
      this.#entries.delete(oldest);
      this.#bytes -= entry.bytes;
      evicted += 1;
    }
    if (evicted > 0) onEvent?.({ type: 'evicted', count: evicted });
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }

  async waitUntilReady(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {
    this.#entries.clear();
    this.#bytes = 0;
  }
}

/** Texts count as if each character took two bytes. */
function sizeOf(key: string, kept: Kept): number {
  let characters = key.length;
  if (kept.kind === 'variants') for (const name of kept.variants.names) characters += name.length;
  else for (const text of kept.answer.headers) characters += text.length;
  return characters * 2 + OVERHEAD_BYTES + (kept.kind === 'answer' ? kept.answer.body.length : 0);
}
