import { randomUUID } from 'node:crypto';
import type { FieldLines } from '../field-lines.ts';
import type { RouteExchange } from '../route-exchange.ts';
import type { AnswerStore, Kept } from './answer-store.ts';
import { endOf, type KeptAnswer } from './kept-answer.ts';
import { type Variants, variantKey } from './variant.ts';

/** What is kept for a request, and where. */
export interface Found {
  /** Of the URI. */
  readonly uri: string;
  /** Where the answer for the request is, or would be as far as is known. */
  readonly key: string;
  readonly variants: Variants | undefined;
  readonly answer: KeptAnswer | undefined;
}

/** The exchange as variants are told apart by it. */
export type VariedBy = Pick<RouteExchange, 'scope'> & { readonly headers: FieldLines };

/** The marks of variants live at least so long, that those under one mark are found while they are of use. */
const LEAST_MARK_MS = 24 * 3_600_000;

/** The answers of one URI: alone, or in variants (RFC 9111 §4.1). */
export class Shelf {
  readonly #store: AnswerStore;
  readonly #epochMs: () => number;

  constructor(store: AnswerStore, epochMs: () => number) {
    this.#store = store;
    this.#epochMs = epochMs;
  }

  find(uri: string, exchange: RouteExchange): Found | Promise<Found> {
    const kept = this.#store.get(uri);
    return kept instanceof Promise
      ? kept.then((each) => this.#choose(uri, each, exchange))
      : this.#choose(uri, kept, exchange);
  }

  /** @param names Headers that the answer depends on. @returns how others find it. */
  put(found: Found, names: readonly string[], answer: KeptAnswer, exchange: VariedBy): (other: VariedBy) => string {
    const { uri } = found;
    const endMs = endOf(answer);
    const variants = widen(found.variants, names);
    const keyFor = (other: VariedBy) =>
      variants === undefined ? uri : variantKey(uri, variants, other as RouteExchange);
    if (variants !== undefined) {
      this.#set(uri, { kind: 'variants', variants }, Math.max(endMs, this.#epochMs() + LEAST_MARK_MS));
    }
    this.#set(keyFor(exchange), { kind: 'answer', answer }, endMs);
    return keyFor;
  }

  /** Takes away one answer. */
  async remove({ key }: Found): Promise<void> {
    await this.#store.delete(key);
  }

  /** Takes away all answers of a URI: without the mark that they are under no variant is found again. */
  async clear(uri: string): Promise<void> {
    await this.#store.delete(uri);
  }

  #set(key: string, kept: Kept, endMs: number): void {
    void this.#store.set(key, kept, endMs);
  }

  #choose(uri: string, kept: Kept | undefined, exchange: RouteExchange): Found | Promise<Found> {
    if (kept?.kind !== 'variants') return { uri, key: uri, variants: undefined, answer: kept?.answer };
    const { variants } = kept;
    const key = variantKey(uri, variants, exchange);
    const toFound = (each: Kept | undefined): Found => ({
      ...{ uri, key, variants },
      answer: each?.kind === 'answer' ? each.answer : undefined,
    });
    const variant = this.#store.get(key);
    return variant instanceof Promise ? variant.then(toFound) : toFound(variant);
  }
}

/** Variants that differ by all of the names: a key with more names than an answer depends on is never wrong, one with fewer is. */
function widen(variants: Variants | undefined, names: readonly string[]): Variants | undefined {
  const known = variants?.names ?? [];
  if (names.every((name) => known.includes(name))) return variants;
  return { names: [...new Set([...known, ...names])].sort(), mark: randomUUID() };
}
