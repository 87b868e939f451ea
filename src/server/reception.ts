import type { Edge, RequestHead } from '../edge/edge.ts';
import { isRefusal, type Refusal } from '../edge/identity/outcome.ts';
import { RequestScope } from '../edge/request-scope.ts';
import type { AccessRecord } from '../telemetry/access-log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Tracing } from '../telemetry/tracing.ts';

/** Opens a scope for each request and closes its books when it ends: span, access log, metrics. */
export interface Reception {
  open(head: RequestHead): RequestScope;
  /** Puts the identity into the scope; gives the refusal where the credential does not hold. */
  identify(scope: RequestScope): Refusal | undefined | Promise<Refusal | undefined>;
  /** @param status as sent; 499 where the client left before the answer was out. */
  close(scope: RequestScope, status: number): void;
}

export interface ReceptionParts {
  /** The rules in force. */
  readonly edge: () => Edge;
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
      return new RequestScope(head, {
        requestId: rules.requestId(head),
        clientAddress: rules.clientAddress(head),
        timeoutMs: requestTimeoutMs,
        tracing,
      });
    },
    identify(scope) {
      const settle = (outcome: Awaited<ReturnType<Edge['identify']>>): Refusal | undefined => {
        if (isRefusal(outcome)) return outcome;
        scope.identity = outcome;
        return undefined;
      };
      const outcome = edge().identify(scope.head);
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
