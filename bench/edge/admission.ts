import { readConfig } from '../../src/config/read-config.ts';
import { DeadlineQueue } from '../../src/deadline-queue.ts';
import { admit } from '../../src/edge/admit.ts';
import { createEdge } from '../../src/edge/create-edge.ts';
import { RequestScope } from '../../src/edge/request-scope.ts';
import { createTracing } from '../../src/telemetry/tracing.ts';
import { systemClock } from '../../src/transport/clock.ts';

const WARM_UP = 20_000;
const REQUESTS = 100_000;

/** Microseconds of CPU that one request spends at the edge, from its head to its admission, with the rules and without. */
export async function measureAdmission(ruled: string, plain: string, authorization: string) {
  return { ruledUs: await measureOne(ruled, authorization), plainUs: await measureOne(plain, authorization) };
}

async function measureOne(file: string, authorization: string): Promise<number> {
  const { config } = await readConfig({ file, env: {} });
  if (config === undefined) throw new Error(`Cannot measure "${file}": it is no config`);
  const edge = createEdge(config);
  const tracing = createTracing(config.telemetry);
  const deadlines = new DeadlineQueue(systemClock);
  const ask = async () => {
    const headers = { host: 'shop.example', 'content-type': 'application/json', accept: '*/*', authorization };
    const head = { method: 'POST', path: '/graphql', query: '', headers, peerAddress: '198.51.100.7' };
    const scope = new RequestScope(edge.clean(head), {
      edge,
      requestId: edge.requestId(head),
      clientAddress: edge.clientAddress(head),
      timeoutMs: 30_000,
      tracing,
      deadlines,
    });
    const { error } = await admit(scope, { kind: 'graphql', route: '/graphql' });
    if (error !== undefined) throw error;
    scope.end(200);
  };
  for (let i = 0; i < WARM_UP; i += 1) await ask();
  const before = process.cpuUsage();
  for (let i = 0; i < REQUESTS; i += 1) await ask();
  const { user, system } = process.cpuUsage(before);
  await edge.close();
  await tracing.close();
  return (user + system) / REQUESTS;
}
