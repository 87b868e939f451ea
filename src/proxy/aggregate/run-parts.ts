import { performance } from 'node:perf_hooks';
import type { RequestContext } from '../../edge/request-context.ts';
import { WeirError } from '../../errors.ts';
import { setOwn } from '../../mapping/json-data.ts';
import type { FieldLines } from '../field-lines.ts';
import type { Variables } from '../route-variables.ts';
import type { Part } from './part.ts';
import { ofPart } from './part-error.ts';
import { type PartAnswer, sendPart } from './send-part.ts';

/** What became of a part. `skipped`: there was nothing to ask for, and the answer can do without it. */
export type PartOutcome =
  | { readonly kind: 'answered'; readonly answer: PartAnswer }
  | { readonly kind: 'failed'; readonly error: WeirError }
  | { readonly kind: 'skipped' };

export interface PartsResult {
  /** By name, in the order of the config. */
  readonly outcomes: ReadonlyMap<string, PartOutcome>;
  /** The values of parts by name, defaults among them; what is not there was left out. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface RunOptions {
  /** The header fields of the client that may be sent on. */
  readonly client: FieldLines;
  /** Whether the first failure of a part that the answer needs ends it all. */
  readonly stopsAtError: boolean;
}

/**
 * Asks for all parts, each as soon as those that it reads are there.
 * @param variables Those of the request; `$parts` is added.
 * @throws {WeirError} The failure of the first part that the answer needs, if `stopsAtError`: the requests of the others are given up. Why
 *   the request ended, where the client left or the deadline passed.
 */
export async function runParts(
  parts: readonly Part[],
  variables: Variables,
  context: RequestContext,
  { client, stopsAtError }: RunOptions,
): Promise<PartsResult> {
  const siblings = new AbortController();
  const partContext = withSignal(context, AbortSignal.any([context.signal, siblings.signal]));
  const values: Record<string, unknown> = {};
  const known = { ...variables, $parts: values };
  const running = new Map<string, Promise<PartOutcome>>();

  const start = (part: Part): Promise<PartOutcome> => {
    let outcome = running.get(part.name);
    if (outcome === undefined) {
      outcome = run(part);
      running.set(part.name, outcome);
    }
    return outcome;
  };
  const run = async (part: Part): Promise<PartOutcome> => {
    // Parts do not wait for each other in a circle: the config would have been refused.
    const needed = await Promise.all(parts.filter(({ name }) => part.needs.includes(name)).map(start));
    const outcome = await settle(part, needed, () => sendPart(part, known, client, partContext), partContext.signal);
    if (outcome.kind === 'answered') setOwn(values, part.name, outcome.answer.data);
    else if (typeof part.onError === 'object') setOwn(values, part.name, part.onError.default);
    if (outcome.kind === 'failed' && part.onError === 'fail' && stopsAtError) throw outcome.error;
    return outcome;
  };

  try {
    const outcomes = await Promise.all(parts.map(async (part) => [part.name, await start(part)] as const));
    context.signal.throwIfAborted();
    throwAtDeadline(outcomes, context);
    return { outcomes: new Map(outcomes), values };
  } catch (error) {
    // Without the error as its reason: where one part ran out of time, that is no failure of the others' upstreams.
    siblings.abort();
    // Nothing of the others may still be under way when the client is told.
    await Promise.allSettled(running.values());
    context.signal.throwIfAborted();
    throw error;
  }
}

/** Timers fire up to this much early. */
const TIMER_MS = 1;

/**
 * The timer of a part may fire before that of the whole request, which ends with it all the same. A part that was refused since there is too
 * little time left is another matter: the answer can be in time without it.
 */
function throwAtDeadline(outcomes: readonly (readonly [string, PartOutcome])[], { deadlineMs }: RequestContext): void {
  if (performance.now() + TIMER_MS < deadlineMs) return;
  for (const [, outcome] of outcomes) {
    if (outcome.kind === 'failed' && outcome.error.code === 'DEADLINE_EXCEEDED') throw outcome.error;
  }
}

async function settle(
  part: Part,
  needed: readonly PartOutcome[],
  send: () => Promise<PartAnswer | undefined>,
  signal: AbortSignal,
): Promise<PartOutcome> {
  try {
    signal.throwIfAborted();
    const answer = await send();
    if (answer !== undefined) return { kind: 'answered', answer };
    const failed = needed.find((outcome) => outcome.kind === 'failed');
    if (failed !== undefined) return failed;
    if (part.onError !== 'fail') return { kind: 'skipped' };
    const code = part.needs.length > 0 ? 'UPSTREAM_BAD_RESPONSE' : 'BAD_USER_INPUT';
    throw new WeirError(code, `A value of the path of the part "${part.name}" is missing`);
  } catch (error) {
    if (!(error instanceof WeirError)) throw error;
    return { kind: 'failed', error: ofPart(part.name, error) };
  }
}

/** The same request, which can also be given up for its own reasons. */
function withSignal(context: RequestContext, signal: AbortSignal): RequestContext {
  const { requestId, headers, clientAddress, identity, deadlineMs, traceContext, scoped } = context;
  return { requestId, headers, clientAddress, identity, signal, deadlineMs, traceContext, scoped };
}
