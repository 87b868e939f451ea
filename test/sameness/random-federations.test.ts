import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compareWhole } from './compare.ts';
import { createEngines } from './engines.ts';
import { type Federation, federate } from './federation/federate.ts';
import { compareCases } from './random-run.ts';
import { randomFederation } from './supergraphs/random-federation.ts';

/** `SAMENESS_SEED` sees other federations. */
const SEED = Number(process.env.SAMENESS_SEED ?? 1);
const FEDERATIONS = 40;
const OPERATIONS = 10;

it(`random operations on random federations are answered as by a monolith, SAMENESS_SEED=${SEED}`, async (t) => {
  let composed = 0;
  for (let seed = SEED * 1000; composed < FEDERATIONS; seed++) {
    const federation = compose(seed);
    if (federation === undefined) continue;
    composed += 1;
    const engines = createEngines(federation.supergraph, federation.subgraphs).filter(
      ({ name }) => name === 'compiled',
    );
    const seeds = Array.from({ length: OPERATIONS }, (_, at) => seed * OPERATIONS + at);
    const report = await compareCases(federation, engines, seeds, compareWhole(federation, engines));
    assert.equal(report.declined.compiled, 0, `federation ${seed}`);
  }
  t.diagnostic(`${composed * OPERATIONS} operations on ${composed} federations`);
});

/** `undefined`: not every client operation could be answered, which composition forbids. */
function compose(seed: number): Federation | undefined {
  try {
    return federate(randomFederation(seed));
  } catch (error) {
    assert.match(String(error), /cannot be satisfied|The following supergraph API query/);
    return undefined;
  }
}
