import type { KeptAnswer } from './kept-answer.ts';
import type { Variants } from './variant.ts';

/** What is kept under a key: an answer, or by what the answers differ that are kept under the keys of variants. */
export type Kept =
  | { readonly kind: 'answer'; readonly answer: KeptAnswer }
  | { readonly kind: 'variants'; readonly variants: Variants };

/** Keeps answers. What it cannot keep or find is not there: nothing of it fails a request. */
export interface AnswerStore {
  /** At once where nobody must be asked. */
  get(key: string): Kept | undefined | Promise<Kept | undefined>;
  /** @param endMs When it is of no more use, milliseconds since the epoch. */
  set(key: string, kept: Kept, endMs: number): void | Promise<void>;
  delete(key: string): void | Promise<void>;
  /** Bytes that this process holds. */
  readonly bytes: number;
  /** Waits for the store at start, at most so long; before it is there nothing is kept. */
  waitUntilReady(timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}
