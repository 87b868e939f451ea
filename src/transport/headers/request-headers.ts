import type { SpanContext } from '@opentelemetry/api';
import type { RequestContext } from '../../edge/request-context.ts';
import { remember } from '../../remember.ts';
import { type AddHeaders, compileHeaderRules, type HeaderRules } from './compile-header-rules.ts';
import { addPassedTrace, addTraceParent } from './trace-parent.ts';

export interface RequestHeadersOptions {
  readonly rules: HeaderRules;
  /** Carries the milliseconds that are left; `false`: not sent. */
  readonly deadlineHeader: string | false;
  /** Whether a header is said by {@link RequestHeaders.addCommon}'s credentials only. Default: none is. */
  readonly isCredential?: ((name: string) => boolean) | undefined;
}

/** Writes the field lines of a try: the caller's, the configured ones, and those that the transport owns. */
export class RequestHeaders {
  readonly #add: AddHeaders;
  /** @param name In whatever spelling. */
  readonly #isOwned: (name: string) => boolean;
  readonly #deadlineHeader: string | false;
  readonly #isCredential: ((name: string) => boolean) | undefined;

  constructor({ rules, deadlineHeader, isCredential }: RequestHeadersOptions) {
    const { add, sets } = compileHeaderRules(rules);
    this.#add = add;
    this.#deadlineHeader = deadlineHeader;
    this.#isCredential = isCredential;
    const owned = new Set([...sets, 'x-request-id', 'traceparent', 'tracestate']);
    if (deadlineHeader !== false) owned.add(deadlineHeader.toLowerCase());
    this.#isOwned = remember((name) => owned.has(name.toLowerCase()));
  }

  /** Of headers as an object with names in lower case. */
  ofRecord(headers: Readonly<Record<string, string>>): string[] {
    const pairs: string[] = [];
    for (const name of Object.keys(headers)) {
      if (!this.#isOwned(name)) pairs.push(name, headers[name] as string);
    }
    return pairs;
  }

  /** Of field lines: name, value, name, value. */
  ofPairs(headers: readonly string[]): string[] {
    const pairs: string[] = [];
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i] as string;
      if (!this.#isOwned(name)) pairs.push(name, headers[i + 1] as string);
    }
    return pairs;
  }

  /**
   * The same for every try of a request.
   * @param credentials Take the place of what the caller or the rules say under the same name.
   */
  addCommon(pairs: string[], context: RequestContext, credentials?: Readonly<Record<string, string>>): void {
    this.#add(pairs, context);
    if (credentials !== undefined) this.#put(pairs, credentials);
    pairs.push('x-request-id', context.requestId);
    if (context.passedTrace !== undefined) addPassedTrace(pairs, context.passedTrace);
  }

  #put(pairs: string[], credentials: Readonly<Record<string, string>>): void {
    let kept = 0;
    for (let i = 0; i < pairs.length; i += 2) {
      const name = pairs[i] as string;
      if (this.#isCredential?.(name) === true || Object.hasOwn(credentials, name.toLowerCase())) continue;
      pairs[kept++] = name;
      pairs[kept++] = pairs[i + 1] as string;
    }
    pairs.length = kept;
    for (const name of Object.keys(credentials)) pairs.push(name, credentials[name] as string);
  }

  /** What differs from try to try. */
  addOfTry(pairs: string[], span: SpanContext | undefined, remainingMs: number): void {
    addTraceParent(pairs, span);
    if (this.#deadlineHeader !== false && remainingMs < Number.POSITIVE_INFINITY) {
      pairs.push(this.#deadlineHeader, String(Math.max(1, Math.floor(remainingMs))));
    }
  }
}
