import { performance } from 'node:perf_hooks';
import { DeadlineQueue } from '../deadline-queue.ts';
import type { CompiledEdge } from '../edge/create-edge.ts';
import type { RequestHead } from '../edge/edge.ts';
import { RequestScope } from '../edge/request-scope.ts';
import type { AccessRecord } from '../telemetry/access-log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { systemClock } from '../transport/clock.ts';

/** Opens a scope for each request and closes its books when it ends: span, access log, metrics. */
export interface Reception {
  open(head: RequestHead): RequestScope;
  /** @param status as sent; 499 where the client left before the answer was out. */
  close(scope: RequestScope, status: number): void;
}

export interface ReceptionParts {
  /** The rules in force. */
  readonly edge: () => CompiledEdge;
  readonly tracing: Tracing;
  readonly metrics: Metrics;
  readonly accessLog: (record: AccessRecord) => void;
  /** In force. */
  readonly requestTimeoutMs: () => number;
}

export function createReception({ edge, tracing, metrics, accessLog, requestTimeoutMs }: ReceptionParts): Reception {
  let activeRequests = 0;
  const deadlines = new DeadlineQueue(systemClock);
  metrics.observe('http.server.active_requests', () => [{ labels: {}, value: activeRequests }]);
  return {
    open(head) {
      activeRequests += 1;
      const rules = edge();
      return new RequestScope(rules.clean(head), {
        edge: rules,
        requestId: rules.requestId(head),
        clientAddress: rules.clientAddress(head),
        timeoutMs: requestTimeoutMs(),
        tracing,
        deadlines,
      });
    },
    close(scope, status) {
      activeRequests -= 1;
      scope.end(status);
      const { route, operationName, engine, errorCount, cache } = scope.facts;
      accessLog({
        requestId: scope.requestId,
        traceId: scope.traceId,
        method: scope.head.method,
        path: scope.head.path,
        route,
        status,
        durationMs: Math.round((performance.now() - scope.startedMs) * 1_000) / 1_000,
        client: scope.clientAddress,
        subject: scope.identity?.subject,
        operationName,
        engine,
        errorCount,
        cache,
      });
    },
  };
}
