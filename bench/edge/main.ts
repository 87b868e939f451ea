/**
 * `npm run bench -- edge [--requests N] [--rounds N]`: what the rules of the edge add to a request, in CPU time: a token
 * from the cache, one policy, three limits in memory. Measured twice: the admission alone, in this process, and two
 * gateways under load, on one core by turns of a moment, so that what else the machine does falls on both. Ends with 1
 * where the rules add more than the budget.
 */
import { parseArgs } from 'node:util';
import { putLoad } from '../harness/load.ts';
import { measureAdmission } from './admission.ts';
import { writeGateways } from './rules.ts';
import { type ServedGateway, serveGateway } from './served-gateway.ts';

const BUDGET_US = 60;
/** Until the code is compiled for good. */
const WARM_UP = 15_000;
const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    requests: { type: 'string', default: '400' },
    rounds: { type: 'string', default: '100' },
    connections: { type: 'string', default: '20' },
  },
});
const BODY = '{"query":"{ hello }"}';
const ANSWER = '{"data":{"hello":"world"}}';

/** @returns microseconds of CPU for each request. @throws {Error} where an answer is wrong or does not come. */
async function measureRound(gateway: ServedGateway, authorization: string, requests: number): Promise<number> {
  const before = await gateway.cpuUs();
  const result = await putLoad({
    url: `${gateway.url}/graphql`,
    connections: Number(values.connections),
    seconds: 600,
    requests,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: () => BODY,
    isRight: (status, body) => status === 200 && body === ANSWER,
  });
  if (result.wrong > 0) throw new Error(`${result.wrong} of ${result.requests} answers were wrong or did not come`);
  return ((await gateway.cpuUs()) - before) / result.requests;
}

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? Number.NaN;
}

const { plain, ruled, authorization } = await writeGateways();
const alone = await measureAdmission(ruled, plain, authorization);
const aloneUs = alone.ruledUs - alone.plainUs;
console.log(
  `The admission alone: ${alone.plainUs.toFixed(1)} µs without the rules, ${alone.ruledUs.toFixed(1)} µs with`,
);

const gateways = [await serveGateway(plain), await serveGateway(ruled)] as const;
try {
  for (const gateway of gateways) await measureRound(gateway, authorization, WARM_UP);
  const without: number[] = [];
  const added: number[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const requests = Number(values.requests);
    // Each goes first by turns: who comes second finds other caches.
    const order = round % 2 === 0 ? [0, 1] : [1, 0];
    const figures = [Number.NaN, Number.NaN];
    for (const which of order) figures[which] = await measureRound(gateways[which as 0 | 1], authorization, requests);
    const [plainUs = Number.NaN, ruledUs = Number.NaN] = figures;
    without.push(plainUs);
    added.push(ruledUs - plainUs);
  }
  const show = (figures: readonly number[]) =>
    `${quantile(figures, 0.5).toFixed(1)} µs (quartiles ${quantile(figures, 0.25).toFixed(1)} and ${quantile(figures, 0.75).toFixed(1)})`;
  console.log(`CPU of a request without the rules: ${show(without)}`);
  console.log(`CPU that the rules add to it: ${show(added)}; the budget is ${BUDGET_US} µs`);
  process.exitCode = quantile(added, 0.5) < BUDGET_US && aloneUs < BUDGET_US ? 0 : 1;
} finally {
  for (const gateway of gateways) await gateway.stop();
}
