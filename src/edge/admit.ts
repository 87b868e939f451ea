import { WeirError } from '../errors.ts';
import { type AdmissionFacts, admissionFacts } from './admission-facts.ts';
import type { Destination } from './destination.ts';
import { isRefusal, type Outcome, Refusal } from './identity/outcome.ts';
import { UNLIMITED } from './limits/decision.ts';
import { rateLimitHeaders } from './limits/rate-limit-headers.ts';
import { OperationGate } from './operation-gate.ts';
import type { RequestScope } from './request-scope.ts';
import { countRefused, noteDecision, takeLimits } from './take-limits.ts';

/** What the edge says of a request: headers of its answer, and whether it goes on. */
export interface Admission {
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Answered with 204 and the headers. */
  readonly isPreflight: boolean;
  /** Why it goes no further. */
  readonly error?: WeirError;
}

/**
 * Judges a request by the edge's rules, in their order: browsers, identity, policies, limits. Puts the identity into the
 * scope, and takes the credentials out of the head that a route sends on. Where a policy or a limit looks at the GraphQL operation, policies and limits wait for it: they are judged
 * when `scope.operationGate` is asked.
 * @returns at once where nothing has to be waited for.
 */
export function admit(scope: RequestScope, destination: Destination): Admission | Promise<Admission> {
  const { edge, head } = scope;
  scope.facts.route = destination.route;
  const { isPreflight, isForgery, headers } = edge.judgeBrowser(head);
  const browserHeaders = Object.entries(headers);
  if (isPreflight) return { headers: browserHeaders, isPreflight };
  const judged = isForgery ? forgery() : judge(scope, destination);
  return judged instanceof Promise
    ? judged.then((refusal) => conclude(scope, browserHeaders, refusal))
    : conclude(scope, browserHeaders, judged);
}

function conclude(
  scope: RequestScope,
  browserHeaders: [name: string, value: string][],
  refusal: Refusal | undefined,
): Admission {
  const isPreflight = false;
  scope.limitsTold = scope.limits;
  const all =
    scope.limits === UNLIMITED
      ? browserHeaders
      : [...browserHeaders, ...Object.entries(rateLimitHeaders(scope.limits))];
  if (refusal === undefined) return all.length === 0 ? ADMITTED : { headers: all, isPreflight };
  const { error, wwwAuthenticate } = refusal;
  if (wwwAuthenticate !== '') all.push(['www-authenticate', wwwAuthenticate]);
  return { headers: all, isPreflight, error };
}

/** Let in without a word, as most requests are. */
const ADMITTED: Admission = { headers: Object.freeze<Admission['headers']>([]), isPreflight: false };

/** What needs no waiting is not waited for: most requests have nothing to prove and no limit to ask a store about. */
type Judgement = Refusal | undefined | Promise<Refusal | undefined>;

function judge(scope: RequestScope, destination: Destination): Judgement {
  const { edge, head } = scope;
  const anonymous = admissionFacts(scope, destination);
  // Who has used up a limit already is told so before a credential is verified for it.
  const exhausted = refuseKnown(scope, anonymous, edge.limits.beforeIdentity);
  if (exhausted !== undefined) return exhausted;
  const outcome = edge.identifyBy(destination.identify, head);
  return outcome instanceof Promise
    ? outcome.then((each) => judgeIdentified(scope, destination, anonymous, each))
    : judgeIdentified(scope, destination, anonymous, outcome);
}

function judgeIdentified(
  scope: RequestScope,
  destination: Destination,
  anonymous: AdmissionFacts,
  outcome: Outcome,
): Judgement {
  const { edge } = scope;
  if (isRefusal(outcome)) return countRefused(scope, anonymous, outcome);
  scope.identity = outcome;
  const facts = outcome === null ? anonymous : { ...anonymous, identity: outcome };
  if (destination.kind === 'graphql' && edge.needsOperation) {
    scope.operationGate = new OperationGate(scope, destination);
    return refuseKnown(scope, facts, edge.limits.beforeOperation);
  }
  const denial = edge.authorize(facts);
  if (denial !== null) return countRefused(scope, facts, denial);
  const demands = edge.limits.toDemands(facts);
  const taken = demands.length === 0 ? undefined : takeLimits(scope, demands);
  if (destination.kind !== 'rest') return taken;
  if (taken instanceof Promise) return taken.then((refusal) => refusal ?? endCredentials(scope));
  return taken ?? endCredentials(scope);
}

/** The client's credentials are for the gateway: what is sent on goes without them. */
function endCredentials(scope: RequestScope): undefined {
  scope.head = scope.edge.withoutCredentials(scope.head);
}

/** A look ahead that takes nothing: only what is sure to be refused later is refused now. */
function refuseKnown(
  scope: RequestScope,
  facts: AdmissionFacts,
  toDemands: RequestScope['edge']['limits']['toDemands'],
): Refusal | undefined {
  const demands = toDemands(facts);
  const decision = demands.length === 0 ? undefined : scope.edge.limiter.foresee(demands);
  return decision === undefined ? undefined : noteDecision(scope, decision);
}

function forgery(): Refusal {
  return new Refusal(new WeirError('FORBIDDEN', 'A page of another site may have sent the request'), '');
}
