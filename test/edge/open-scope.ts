import type { TestContext } from 'node:test';
import { telemetry } from '../../src/config/schema/telemetry.ts';
import { DeadlineQueue } from '../../src/deadline-queue.ts';
import { createEdge, type EdgeDefinition, type EdgeEvent } from '../../src/edge/create-edge.ts';
import type { RequestHead } from '../../src/edge/edge.ts';
import { RequestScope } from '../../src/edge/request-scope.ts';
import { createTracing } from '../../src/telemetry/tracing.ts';
import { systemClock } from '../../src/transport/clock.ts';

/** An edge of this definition and requests to it; all of it ends with the test. */
export function openScope(t: TestContext, definition: EdgeDefinition, head: RequestHead) {
  const events: EdgeEvent[] = [];
  const edge = createEdge(definition, (event) => events.push(event));
  const tracing = createTracing(telemetry.parse({}));
  // As fast as the clock of the test, where it has set one.
  const startMs = Date.now();
  const now = () => performance.now() + Date.now() - startMs;
  const deadlines = new DeadlineQueue({ ...systemClock, now });
  const another = (of: RequestHead): RequestScope => {
    const clean = edge.clean(of);
    const clientAddress = edge.clientAddress(of);
    const scope = new RequestScope(clean, {
      edge,
      requestId: 'request-1',
      clientAddress,
      timeoutMs: 30_000,
      tracing,
      deadlines,
    });
    t.after(() => scope.end(200));
    return scope;
  };
  const scope = another(head);
  t.after(async () => {
    await edge.close();
    await tracing.close();
  });
  return { edge, scope, another, events };
}
