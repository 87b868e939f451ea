import { isReservedField } from '../../config/schema/field-rules.ts';
import { normalizePath } from '../../edge/normal-path.ts';
import { ERRORS, WeirError } from '../../errors.ts';
import type { FieldLines } from '../field-lines.ts';
import type { Described } from '../route-variables.ts';
import { isFieldValue } from './field-rules.ts';
import type { RouteTransform, TransformContext, TransformedAnswer, TransformedRequest } from './route-transform.ts';

/** The parts of a request that a function may change. */
export interface ChangedRequest {
  method: string;
  path: string;
  query: string;
  headers: FieldLines;
}

/** The parts of an answer that a function may change. */
export interface ChangedAnswer {
  status: number;
  headers: FieldLines;
}

/** The functions of one route. */
export class RouteFunction {
  readonly #route: string;
  readonly #transform: RouteTransform;

  constructor(route: string, transform: RouteTransform) {
    this.#route = route;
    this.#transform = transform;
  }

  get changesRequest(): boolean {
    return this.#transform.request !== undefined;
  }

  get changesAnswer(): boolean {
    return this.#transform.answer !== undefined;
  }

  get readsJson(): boolean {
    return this.#transform.body !== 'none';
  }

  /**
   * @returns the body.
   * @throws {WeirError} that the function throws for clients, and where the deadline passes first.
   * @throws {Error} for all else that it throws, and for what it leaves that cannot be sent.
   */
  async request(changed: ChangedRequest, body: unknown, context: TransformContext): Promise<unknown> {
    const { own, reserved } = split(changed.headers);
    const query = new URLSearchParams(changed.query);
    const before = query.toString();
    const request: TransformedRequest = { method: changed.method, path: changed.path, query, headers: own, body };
    await this.#run(() => this.#transform.request?.(request, context), context);

    const path = typeof request.path === 'string' ? normalizePath(request.path) : undefined;
    if (path === undefined)
      throw this.#error(`left the path ${JSON.stringify(request.path)}, which has no normal form`);
    if (!/^[A-Z][A-Z0-9-]*$/.test(request.method)) {
      throw this.#error(`left the method ${JSON.stringify(request.method)}`);
    }
    const after = request.query.toString();
    changed.method = request.method;
    changed.path = path.path;
    if (after !== before) changed.query = after;
    changed.headers = this.#join(request.headers, reserved);
    return request.body;
  }

  /** As {@link request}, for an answer. */
  async answer(changed: ChangedAnswer, body: unknown, context: TransformContext): Promise<unknown> {
    const { own, reserved } = split(changed.headers);
    const answer: TransformedAnswer = { status: changed.status, headers: own, body };
    await this.#run(() => this.#transform.answer?.(answer, context), context);
    const { status } = answer;
    if (!Number.isInteger(status) || status < 200 || status > 599) throw this.#error(`left the status ${status}`);
    changed.status = status;
    changed.headers = this.#join(answer.headers, reserved);
    return answer.body;
  }

  async #run(call: () => void | Promise<void>, { request: { signal } }: TransformContext): Promise<void> {
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      await Promise.race([call(), aborted]);
    } catch (cause) {
      if (cause instanceof WeirError && (cause === signal.reason || ERRORS[cause.code].audience === 'client'))
        throw cause;
      throw this.#error(`failed: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #join(headers: Headers, reserved: FieldLines): FieldLines {
    const lines: FieldLines = [];
    for (const [name, value] of headers) {
      if (!isFieldValue(value)) throw this.#error(`left a value in "${name}" that HTTP cannot carry`);
      if (!isReservedField(name)) lines.push(name, value);
    }
    return [...lines, ...reserved];
  }

  #error(what: string, cause?: unknown): Error {
    return new Error(`The function of route "${this.#route}" ${what}`, { cause });
  }
}

/** Of what the functions may know, all that does not change. */
export function transformContext({
  method,
  path,
  parameters,
  scope,
}: Described & { readonly scope: TransformContext['request'] }): TransformContext {
  return { request: scope, method, path, parameters };
}

function split(lines: FieldLines): { readonly own: Headers; readonly reserved: FieldLines } {
  const own = new Headers();
  const reserved: FieldLines = [];
  for (let at = 0; at < lines.length; at += 2) {
    const name = lines[at] as string;
    const value = lines[at + 1] as string;
    if (isReservedField(name)) reserved.push(name, value);
    else own.append(name, value);
  }
  return { own, reserved };
}
