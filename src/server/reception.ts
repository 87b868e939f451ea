import type { CompiledEdge } from '../edge/create-edge.ts';
import type { RequestHead } from '../edge/edge.ts';
import { isRefusal, type Outcome, type Refusal } from '../edge/identity/outcome.ts';
import type { Identify } from '../edge/identity/requirement.ts';
import { type Decision, UNLIMITED } from '../edge/limits/decision.ts';
import { RequestScope } from '../edge/request-scope.ts';
import type { AccessRecord } from '../telemetry/access-log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Tracing } from '../telemetry/tracing.ts';

/** Opens a scope for each request and closes its books when it ends: span, access log, metrics. */
export interface Reception {
  open(head: RequestHead): RequestScope;
  /** What browsers must be told, and whether the request goes on: CORS, forgeries, security headers. */
  judgeBrowser(scope: RequestScope): BrowserVerdict;
  /** Takes the request's limits, all or none. */
  takeLimits(scope: RequestScope, kind: RequestKind): Decision | Promise<Decision>;
  /**
   * Puts the identity into the scope; gives the refusal where the credential does not hold.
   * @param identify What a route asks; default: what the gateway asks.
   */
  identify(scope: RequestScope, identify?: Identify): Refusal | undefined | Promise<Refusal | undefined>;
  /** @param status as sent; 499 where the client left before the answer was out. */
  close(scope: RequestScope, status: number): void;
}

/** What a request is for: limits and policies tell them apart. */
export type RequestKind = 'graphql' | 'rest';

export interface BrowserVerdict {
  /** A preflight: answered with 204 and the headers. */
  readonly isPreflight: boolean;
  /** A page of another site may have sent it: 403. */
  readonly isForgery: boolean;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface ReceptionParts {
  /** The rules in force. */
  readonly edge: () => CompiledEdge;
  readonly tracing: Tracing;
  readonly metrics: Metrics;
  readonly accessLog: (record: AccessRecord) => void;
  readonly requestTimeoutMs: number;
}

export function createReception({ edge, tracing, metrics, accessLog, requestTimeoutMs }: ReceptionParts): Reception {
  let activeRequests = 0;
  metrics.observe('http.server.active_requests', () => [{ labels: {}, value: activeRequests }]);
  return {
    open(head) {
      activeRequests += 1;
      const rules = edge();
      return new RequestScope(rules.clean(head), {
        requestId: rules.requestId(head),
        clientAddress: rules.clientAddress(head),
        timeoutMs: requestTimeoutMs,
        tracing,
      });
    },
    judgeBrowser({ head }) {
      const { isPreflight, isForgery, headers } = edge().judgeBrowser(head);
      return { isPreflight, isForgery, headers: [...Object.entries(headers), ...edge().securityHeaders(false)] };
    },
    takeLimits({ head, clientAddress, identity, facts }, kind) {
      const { limiter, toDemands } = edge();
      const demands = toDemands({
        kind,
        method: head.method,
        route: facts.route,
        clientAddress,
        identity,
        headers: head.headers,
      });
      return demands.length === 0 ? UNLIMITED : limiter.take(demands);
    },
    identify(scope, identify) {
      const settle = (outcome: Outcome): Refusal | undefined => {
        if (isRefusal(outcome)) return outcome;
        scope.identity = outcome;
        return undefined;
      };
      const outcome = identify === undefined ? edge().identify(scope.head) : edge().identifyBy(identify, scope.head);
      return outcome instanceof Promise ? outcome.then(settle) : settle(outcome);
    },
    close(scope, status) {
      activeRequests -= 1;
      scope.end(status);
      const { route, operationName, engine, errorCount } = scope.facts;
      accessLog({
        requestId: scope.requestId,
        traceId: scope.traceId,
        method: scope.head.method,
        path: scope.head.path,
        route,
        status,
        durationMs: Math.round((performance.now() - scope.startedMs) * 1_000) / 1_000,
        client: scope.clientAddress,
        ...(scope.identity !== null && { subject: scope.identity.subject }),
        ...(operationName !== undefined && { operationName }),
        ...(engine !== undefined && { engine }),
        ...(errorCount !== undefined && { errorCount }),
      });
    },
  };
}
