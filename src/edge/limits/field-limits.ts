import { type ConfigByField, type FormatErrorInput, Store } from '@envelop/rate-limiter';
import { compileOwnPath } from '../own-path.ts';
import type { Decision } from './decision.ts';
import { type Demand, defineLimit, type Limit, type LimitDefinition } from './limit.ts';
import type { Limiter } from './limiter.ts';
import { retryAfterSeconds } from './rate-limit-headers.ts';
import { parseWindowLength } from './window-length.ts';

/** The arguments of `@rateLimit`, from SDL or the config. */
export interface FieldLimitDefinition {
  /** Calls in a window; default 5. */
  readonly max?: number | undefined;
  /** Such as `10s`; default 60 s. */
  readonly window?: string | undefined;
  /** Shown instead of the default text; `{{id}}` is the client's key. */
  readonly message?: string | undefined;
  /** Paths into the arguments whose values are counted apart. */
  readonly identityArgs?: readonly string[] | undefined;
  /** An argument; a call costs as much as the list that it holds is long. */
  readonly arrayLengthField?: string | undefined;
  /** Asked, not taken. */
  readonly readOnly?: boolean | undefined;
  /** Default true: a refused call does not count. */
  readonly uncountRejected?: boolean | undefined;
}

export interface FieldLimitsOptions<Context> {
  readonly limiter: Limiter;
  /** By coordinate, `Type.field`. */
  readonly definitions: Iterable<readonly [coordinate: string, FieldLimitDefinition]>;
  /** Who is counted, such as `user:ada`. */
  readonly identify: (context: Context) => string;
  /** What all field limits have beside their own definition: algorithm, mode, `onStoreFailure`. */
  readonly defaults?: Partial<LimitDefinition>;
  /** Told of every decision, for `extensions`. */
  readonly onDecision?: (context: Context, coordinate: string, decision: Decision) => void;
}

/** Why a field was refused. */
export interface FieldRefusal {
  readonly message: string;
  readonly coordinate: string;
  readonly max: number;
  readonly windowMs: number;
  /** Whole seconds, at least 1. */
  readonly retryAfterSeconds: number;
}

interface Call<Context> {
  readonly coordinate: string;
  readonly definition: FieldLimitDefinition;
  readonly demand: Demand;
  readonly context: Context;
  readonly client: string;
}

/**
 * Binds a {@link Limiter} to `useRateLimiter` of `@envelop/rate-limiter`. The package asks its store for a list of times,
 * judges it, and writes it back: two calls, between which another instance or field can judge the same list. Here the
 * store decides in the first call and writes nothing in the second. What the package does not tell its store (the limit, the
 * cost) comes with a ticket: `identifyFn`, which is called just before, makes one and the package hands it to the store
 * as part of the field's identity. The answer is a list of no or one time that is for ever recent, against a `max` of 1.
 *
 * Give `store`, `configByField`, `identifyFn` and `formatError` to the plugin, and `readRefusal` the text that its
 * `transformError` gets. `@rateLimit` itself must not be read by the package: `rateLimitDirectiveName: 'weir__none'`.
 */
export class FieldLimits<Context> {
  readonly store: Store;
  readonly configByField: ConfigByField[];
  readonly #options: FieldLimitsOptions<Context>;
  readonly #calls = new Map<string, Call<Context>>();
  readonly #refusals = new Map<string, FieldRefusal>();
  #tickets = 0;

  /** @throws {RangeError} where a window cannot be read. */
  constructor(options: FieldLimitsOptions<Context>) {
    this.#options = options;
    this.store = new DecidingStore((fieldIdentity) => this.#decide(ticketOf(fieldIdentity)));
    this.configByField = [...options.definitions].map(([coordinate, definition]) =>
      this.#configure(coordinate, definition),
    );
  }

  /** For the plugin's type only: each field has its own. */
  readonly identifyFn = (): string => '';

  readonly formatError = ({ fieldIdentity = '' }: FormatErrorInput): string => {
    const ticket = ticketOf(fieldIdentity);
    const refusal = this.#refusals.get(ticket);
    this.#refusals.delete(ticket);
    return refusal === undefined ? '' : JSON.stringify(refusal);
  };

  /** Reads what `transformError` and `onRateLimitError` are given. */
  readRefusal(text: string): FieldRefusal {
    return JSON.parse(text) as FieldRefusal;
  }

  #configure(coordinate: string, definition: FieldLimitDefinition): ConfigByField {
    const [type = '', field = ''] = coordinate.split('.');
    const limit = defineLimit({
      ...this.#options.defaults,
      name: coordinate,
      max: Number(definition.max ?? 5),
      windowMs: parseWindowLength(definition.window ?? '60s'),
      countRejected: definition.uncountRejected === false,
    });
    const readKey = compileKey(definition.identityArgs ?? []);
    return {
      type,
      field,
      max: 1,
      identifyFn: (context, args) => {
        const client = this.#options.identify(context as Context);
        const demand = toDemand(limit, definition, readKey(client, args), args);
        const ticket = String(++this.#tickets);
        this.#calls.set(ticket, { coordinate, definition, demand, context: context as Context, client });
        return ticket;
      },
    };
  }

  #decide(ticket: string): boolean | Promise<boolean> {
    const call = this.#calls.get(ticket);
    if (call === undefined) throw new Error(`Cannot decide a field limit: ticket ${ticket} is unknown`);
    this.#calls.delete(ticket);
    const decision = this.#options.limiter.take([call.demand]);
    return decision instanceof Promise
      ? decision.then((later) => this.#settle(ticket, call, later))
      : this.#settle(ticket, call, decision);
  }

  #settle(ticket: string, call: Call<Context>, decision: Decision): boolean {
    this.#options.onDecision?.(call.context, call.coordinate, decision);
    if (!decision.allowed) this.#refusals.set(ticket, toRefusal(call, decision));
    return decision.allowed;
  }
}

class DecidingStore extends Store {
  readonly #decide: (fieldIdentity: string) => boolean | Promise<boolean>;

  constructor(decide: (fieldIdentity: string) => boolean | Promise<boolean>) {
    super();
    this.#decide = decide;
  }

  override getForIdentity(identity: { readonly fieldIdentity: string }): number[] | Promise<number[]> {
    const allowed = this.#decide(identity.fieldIdentity);
    return allowed instanceof Promise ? allowed.then(toTimes) : toTimes(allowed);
  }

  /** The decision was taken with the reading. */
  override setForIdentity(): void {}
}

function toTimes(allowed: boolean): number[] {
  return allowed ? [] : [Number.POSITIVE_INFINITY];
}

/** The package joins the field's name and the identifier with `:`. */
function ticketOf(fieldIdentity: string): string {
  return fieldIdentity.slice(fieldIdentity.lastIndexOf(':') + 1);
}

type Arguments = Readonly<Record<string, unknown>>;

function compileKey(identityArgs: readonly string[]): (client: string, args: Arguments) => string {
  if (identityArgs.length === 0) return (client) => client;
  const readers = identityArgs.map(compileOwnPath);
  return (client, args) => JSON.stringify([client, ...readers.map((read) => read(args) ?? null)]);
}

function toDemand(limit: Limit, definition: FieldLimitDefinition, key: string, args: Arguments): Demand {
  const { arrayLengthField, readOnly } = definition;
  const list =
    arrayLengthField !== undefined && Object.hasOwn(args, arrayLengthField) ? args[arrayLengthField] : undefined;
  const cost = Array.isArray(list) ? Math.max(1, list.length) : 1;
  return readOnly ? { limit, key, cost, readOnly } : { limit, key, cost };
}

function toRefusal<Context>(
  { coordinate, definition, demand, client }: Call<Context>,
  decision: Decision,
): FieldRefusal {
  const { max, windowMs } = demand.limit;
  const message = definition.message?.replaceAll(/\{\{\s*id\s*\}\}/g, () => client);
  return {
    message: message ?? `"${coordinate}" may be asked ${max} times in ${windowMs / 1_000} s`,
    coordinate,
    max,
    windowMs,
    retryAfterSeconds: retryAfterSeconds(decision),
  };
}
