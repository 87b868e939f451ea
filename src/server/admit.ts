import type { Identify } from '../edge/identity/requirement.ts';
import { limitRefusal } from '../edge/limits/limit-refusal.ts';
import { rateLimitHeaders } from '../edge/limits/rate-limit-headers.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import { WeirError } from '../errors.ts';
import type { Reception, RequestKind } from './reception.ts';

/** What the edge says of a request: the headers of its answer, and whether it goes on. */
export interface Admission {
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Answered with 204 and the headers. */
  readonly isPreflight: boolean;
  /** Why it goes no further. */
  readonly error?: WeirError;
}

/** What is asked for. */
export interface Target {
  readonly kind: RequestKind;
  /** Default: as the gateway has it. */
  readonly identify?: Identify | undefined;
}

const GRAPHQL: Target = { kind: 'graphql' };

/** Judges a request by the edge's rules, in their order: browsers, identity, limits. A refused identity uses up no limit. */
export async function admit(reception: Reception, scope: RequestScope, target: Target = GRAPHQL): Promise<Admission> {
  const { isPreflight, isForgery, headers } = reception.judgeBrowser(scope);
  if (isPreflight) return { headers, isPreflight };
  if (isForgery) {
    const error = new WeirError('FORBIDDEN', 'A page of another site may have sent the request');
    return { headers, isPreflight, error };
  }
  const refusal = await reception.identify(scope, target.identify);
  if (refusal !== undefined) {
    const { error, wwwAuthenticate } = refusal;
    const challenge = wwwAuthenticate === '' ? [] : [['www-authenticate', wwwAuthenticate] as const];
    return { headers: [...headers, ...challenge], isPreflight, error };
  }
  const decision = await reception.takeLimits(scope, target.kind);
  const all = [...headers, ...Object.entries(rateLimitHeaders(decision))];
  return decision.allowed
    ? { headers: all, isPreflight }
    : { headers: all, isPreflight, error: limitRefusal(decision) };
}
