import { MAPPING_VERSION } from '../../config/schema/mapping-text.ts';
import type { RouteAggregateDefinition } from '../../config/schema/route-aggregate.ts';
import { ERRORS, WeirError } from '../../errors.ts';
import { isObject, setOwn } from '../../mapping/json-data.ts';
import { compileMapping } from '../../mapping/mapping.ts';
import type { Upstream } from '../../transport/upstream.ts';
import { requireRequestJson } from '../body/read-json.ts';
import type { FieldLines } from '../field-lines.ts';
import { jsonAnswer } from '../json-answer.ts';
import type { Answerer } from '../route-exchange.ts';
import { compileVariables } from '../route-variables.ts';
import { mergeCacheControl } from './merge-cache-control.ts';
import { compilePart, type Part } from './part.ts';
import { type PartOutcome, type PartsResult, runParts } from './run-parts.ts';

/** Answers a request with what several requests to upstreams give. */
export function compileAggregate(
  route: string,
  definition: RouteAggregateDefinition,
  upstreams: { get(name: string): Upstream | undefined },
): Answerer {
  const parts = Object.entries(definition.parts).map(([name, part]) => compilePart(route, name, part, upstreams));
  const { status: rule, setCookie, maxBodyBytes } = definition;
  const answer =
    definition.answer === undefined ? undefined : compileMapping(definition.answer, { version: MAPPING_VERSION });
  const references = [...parts, answer].flatMap((text) => text?.references ?? []);
  const readVariables = compileVariables(references);
  const readsBody = references.some(({ name }) => name === '$body') || parts.some(({ body }) => body !== undefined);
  const hasMeta = definition.meta || rule === 'multi_status';

  return async (exchange) => {
    const variables = readVariables(exchange);
    if (readsBody) variables.$body = await requireRequestJson(exchange, maxBodyBytes);
    const result = await runParts(parts, variables, exchange.scope, { stopsAtError: rule === 'first_error' });
    const failed = [...result.outcomes].filter(([, outcome]) => outcome.kind === 'failed').map(([name]) => name);
    if (rule === 'all') throwWorst(parts, result);

    let body: unknown = result.values;
    if (answer !== undefined) body = answer.evaluate(body, { ...variables, $parts: result.values }) ?? null;
    if (hasMeta && isObject(body)) body = withMeta(body, result);
    const headers = mergeHeaders(result, failed, setCookie === 'pass');
    return jsonAnswer(rule === 'multi_status' && failed.length > 0 ? 207 : 200, body, headers);
  };
}

/** @throws {WeirError} where parts failed that the answer needs: the error with the highest status, naming them all. */
function throwWorst(parts: readonly Part[], { outcomes }: PartsResult): void {
  const errors = parts.flatMap(({ name, onError }) => {
    const outcome = outcomes.get(name);
    return onError === 'fail' && outcome?.kind === 'failed' ? [[name, outcome.error] as const] : [];
  });
  const [first] = errors;
  if (first === undefined) return;
  const statusOf = ({ code }: WeirError) => ERRORS[code].status;
  const [, worst] = errors.reduce((a, b) => (statusOf(b[1]) > statusOf(a[1]) ? b : a), first);
  const details = { ...worst.details, parts: Object.fromEntries(errors.map(([name, error]) => [name, error.code])) };
  throw new WeirError(worst.code, worst.message, { cause: worst, details });
}

function withMeta(body: Readonly<Record<string, unknown>>, { outcomes }: PartsResult): Record<string, unknown> {
  const parts: Record<string, unknown> = {};
  for (const [name, outcome] of outcomes) setOwn(parts, name, statusOf(outcome));
  return { ...body, _meta: { parts } };
}

/** `null`: not asked. */
function statusOf(outcome: PartOutcome): number | null {
  if (outcome.kind === 'answered') return outcome.answer.status;
  return outcome.kind === 'failed' ? ERRORS[outcome.error.code].status : null;
}

function mergeHeaders({ outcomes }: PartsResult, failed: readonly string[], passesCookies: boolean): FieldLines {
  const answers = [...outcomes.values()].flatMap((outcome) => (outcome.kind === 'answered' ? [outcome.answer] : []));
  const all = answers.map(({ headers }) => headers);
  const headers: FieldLines = [];
  // What lacks a part is not to be taken for the answer later on.
  const cacheControl = failed.length > 0 ? 'no-store' : mergeCacheControl(all);
  if (cacheControl !== undefined) headers.push('cache-control', cacheControl);
  const vary = new Set(
    all.flatMap(
      (each) =>
        [each.vary ?? []]
          .flat()
          .join(',')
          .toLowerCase()
          .match(/[^\s,]+/g) ?? [],
    ),
  );
  if (vary.size > 0) headers.push('vary', vary.has('*') ? '*' : [...vary].join(', '));
  if (failed.length > 0) headers.push('x-gateway-partial', `parts="${failed.join(', ')}"`);
  if (passesCookies) {
    for (const cookie of all.flatMap((each) => each['set-cookie'] ?? [])) headers.push('set-cookie', cookie);
  }
  return headers;
}
