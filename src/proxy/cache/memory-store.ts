import { LRUCache } from 'lru-cache';
import { EncodedForms } from '../../content-coding/encoded-forms.ts';
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
  /** To look one up makes no garbage that outlives its request, as taking out and putting back does in a `Map`. */
  readonly #entries: LRUCache<string, Entry>;
  readonly #onEvent: OnCacheEvent | undefined;
  readonly #epochMs: () => number;
  #evicted = 0;

  constructor({ maxBytes, onEvent, epochMs = Date.now }: MemoryStoreOptions) {
    this.#onEvent = onEvent;
    this.#epochMs = epochMs;
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      dispose: (_entry, _key, reason) => {
        if (reason === 'evict') this.#evicted += 1;
      },
    });
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  get(key: string): Kept | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.endMs > this.#epochMs()) return entry.kept;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, given: Kept, endMs: number): void {
    const kept = withForms(given, (made) => this.#grow(key, kept, made));
    this.#put(key, { kept, bytes: sizeOf(key, kept), endMs });
  }

  /** What was given may still be encoded when it is no longer kept. */
  #grow(key: string, kept: Kept, bytes: number): void {
    const entry = this.#entries.peek(key);
    if (entry?.kept === kept) this.#put(key, { ...entry, bytes: entry.bytes + bytes });
  }

  /** One that is too long to be kept is not, nor what was under its key. */
  #put(key: string, entry: Entry): void {
    this.#entries.set(key, entry, { size: entry.bytes });
    const count = this.#evicted;
    this.#evicted = 0;
    if (count > 0) this.#onEvent?.({ type: 'evicted', count });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  async waitUntilReady(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {
    this.#entries.clear();
  }
}

function withForms(kept: Kept, onMade: (bytes: number) => void): Kept {
  if (kept.kind !== 'answer') return kept;
  return { kind: 'answer', answer: { ...kept.answer, forms: new EncodedForms(kept.answer.body, onMade) } };
}

/** Texts count as if each character took two bytes. */
function sizeOf(key: string, kept: Kept): number {
  let characters = key.length;
  if (kept.kind === 'variants') for (const name of kept.variants.names) characters += name.length;
  else for (const text of kept.answer.headers) characters += text.length;
  return characters * 2 + OVERHEAD_BYTES + (kept.kind === 'answer' ? kept.answer.body.length : 0);
}
