/**
 * `npm run bench -- edge [--seconds N] [--repeats N]`: what the rules of the edge add to a request, in CPU time: a token
 * from the cache, one policy, three limits in memory. Measured twice: the admission alone, in this process, and two
 * gateways under load. Ends with 1 where the rules add more than the budget.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measure, medians, printRows, type Row } from '../harness/compare.ts';
import { startPinned } from '../harness/pinned-process.ts';
import { measureAdmission } from './admission.ts';
import { writeGateways } from './rules.ts';

const BUDGET_US = 60;
const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    seconds: { type: 'string', default: '6' },
    repeats: { type: 'string', default: '3' },
    connections: { type: 'string', default: '20' },
  },
});
const WEIR = join(import.meta.dirname, '../../src/cli/weir.ts');
const FLAGS = ['--max-semi-space-size=32'];
const BODY = '{"query":"{ hello }"}';
const ANSWER = '{"data":{"hello":"world"}}';

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

const { plain, ruled, authorization } = await writeGateways();
const headers = { 'content-type': 'application/json', authorization };

async function measureGateway(name: string, config: string): Promise<Row> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/graphql`;
  const ask = async () => (await fetch(url, { method: 'POST', headers, body: BODY })).text();
  const server = await startPinned({
    command: process.execPath,
    args: [...FLAGS, WEIR, 'start', '--config', config, '--port', String(port)],
    core: 1,
    url,
    probe: async () => (await ask()) === ANSWER,
  });
  try {
    const load = {
      url,
      connections: Number(values.connections),
      seconds: Number(values.seconds),
      method: 'POST' as const,
      headers,
      body: () => BODY,
      isRight: (status: number, body: string) => status === 200 && body === ANSWER,
    };
    return await measure(name, server, load, 2);
  } finally {
    await server.stop();
  }
}

const alone = await measureAdmission(ruled, plain, authorization);
console.log(
  `The admission alone: ${alone.ruledUs.toFixed(1)} µs with the rules, ${alone.plainUs.toFixed(1)} µs without`,
);

const rows: Row[] = [];
for (let repeat = 0; repeat < Number(values.repeats); repeat += 1) {
  rows.push(await measureGateway('without rules', plain));
  rows.push(await measureGateway('with rules', ruled));
}
const [without, withRules] = medians(rows) as [Row, Row];
printRows('A request to the gateway', [without, withRules]);
const addedUs = (withRules.cpuMsPerRequest - without.cpuMsPerRequest) * 1_000;
console.log(`The rules add ${addedUs.toFixed(1)} µs of CPU to a request; the budget is ${BUDGET_US} µs`);
if (without.wrong + withRules.wrong > 0) throw new Error('Some answers were wrong or did not come');
process.exitCode = addedUs < BUDGET_US && alone.ruledUs - alone.plainUs < BUDGET_US ? 0 : 1;
