/**
 * `npm run bench -- edge [--requests N] [--rounds N]`: what the rules of the edge add to a request, in CPU time: a token
 * from the cache, one policy, three limits in memory. Measured twice: the admission alone, in this process, and two
 * gateways under load, on one core by turns, so that what else the machine does falls on both. Ends with 1 where the
 * rules add more than the budget.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Load, type LoadResult, putLoad } from '../harness/load.ts';
import { type PinnedProcess, startPinned } from '../harness/pinned-process.ts';
import { measureAdmission } from './admission.ts';
import { writeGateways } from './rules.ts';

const BUDGET_US = 60;
const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    requests: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '9' },
    connections: { type: 'string', default: '20' },
  },
});
/** Until the code is compiled for good. */
const WARM_UP = 15_000;
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

async function start(config: string): Promise<PinnedProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/graphql`;
  return startPinned({
    command: process.execPath,
    args: [...FLAGS, WEIR, 'start', '--config', config, '--port', String(port)],
    core: 1,
    url,
    probe: async () => (await (await fetch(url, { method: 'POST', headers, body: BODY })).text()) === ANSWER,
  });
}

/** @returns microseconds of CPU for each request. @throws {Error} where an answer is wrong or does not come. */
async function measureRound(server: PinnedProcess, requests: number): Promise<number> {
  const load: Load = {
    url: server.url,
    connections: Number(values.connections),
    seconds: 600,
    requests,
    method: 'POST',
    headers,
    body: () => BODY,
    isRight: (status, body) => status === 200 && body === ANSWER,
  };
  const before = server.cpuMs();
  const result: LoadResult = await putLoad(load);
  if (result.wrong > 0) throw new Error(`${result.wrong} of ${result.requests} answers were wrong or did not come`);
  return ((server.cpuMs() - before) * 1_000) / result.requests;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const alone = await measureAdmission(ruled, plain, authorization);
const aloneUs = alone.ruledUs - alone.plainUs;
console.log(
  `The admission alone: ${alone.plainUs.toFixed(1)} µs without the rules, ${alone.ruledUs.toFixed(1)} µs with`,
);

const servers = [await start(plain), await start(ruled)] as const;
try {
  for (const server of servers) await measureRound(server, WARM_UP);
  const rounds: (readonly [plainUs: number, ruledUs: number])[] = [];
  const requests = Number(values.requests);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    // A machine that gets busier or calmer meanwhile is the second's gain or loss by turns.
    const isPlainFirst = round % 2 === 0;
    const first = await measureRound(servers[isPlainFirst ? 0 : 1], requests);
    const second = await measureRound(servers[isPlainFirst ? 1 : 0], requests);
    rounds.push(isPlainFirst ? [first, second] : [second, first]);
  }
  console.table(
    rounds.map(([plainUs, ruledUs]) => ({
      'without, µs': plainUs.toFixed(0),
      'with, µs': ruledUs.toFixed(0),
      'added, µs': (ruledUs - plainUs).toFixed(0),
    })),
  );
  const addedUs = medianOf(rounds.map(([plainUs, ruledUs]) => ruledUs - plainUs));
  console.log(`The rules add ${addedUs.toFixed(0)} µs of CPU to a request (median); the budget is ${BUDGET_US} µs`);
  process.exitCode = addedUs < BUDGET_US && aloneUs < BUDGET_US ? 0 : 1;
} finally {
  for (const server of servers) await server.stop();
}
