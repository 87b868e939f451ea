import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareSurvivors, compareUnderFaults, compareWhole } from './compare.ts';
import { createEngines } from './engines.ts';
import { type Disturbance, disturbAnswers } from './federation/disturb-answers.ts';
import { federate } from './federation/federate.ts';
import { isOpenIn } from './open-differences.ts';
import { compareCases } from './random-run.ts';
import { SUPERGRAPHS } from './supergraphs/all.ts';

/** `SAMENESS_SEED` repeats a run; otherwise each run sees other operations. */
const SEED = Number(process.env.SAMENESS_SEED ?? Date.now() % 2 ** 31);
const COUNT = Number(process.env.SAMENESS_COUNT ?? 200);
/** For what takes an engine of its own for each round. */
const ROUNDS = 4;

const seedsFrom = (seed: number, count: number) => Array.from({ length: count }, (_, at) => seed + at);

for (const [name, create] of Object.entries(SUPERGRAPHS)) {
  describe(`random operations on the supergraph ${name}, SAMENESS_SEED=${SEED}`, () => {
    const federation = federate(create());
    const { supergraph, subgraphs } = federation;
    const engines = createEngines(supergraph, subgraphs);
    it('are answered as a monolith answers them: text, order and errors', async (t) => {
      const compare = compareWhole(federation, engines, isOpenIn(name, 'whole'));
      const report = await compareCases(federation, engines, seedsFrom(SEED, COUNT), compare);
      t.diagnostic(JSON.stringify(report));
      assert.ok(report.fields > COUNT * 5, 'the operations select hardly anything');
      assert.ok((report.declined.stitch ?? 0) < COUNT * 0.2, 'the stitch engine declines too much');
      assert.equal(report.declined.compiled ?? 0, 0);
    });

    it('are answered as a monolith answers them when fields fail', async (t) => {
      const compare = compareUnderFaults(federation, engines, isOpenIn(name, 'faults'));
      t.diagnostic(JSON.stringify(await compareCases(federation, engines, seedsFrom(SEED, COUNT), compare)));
    });

    it('are answered as a monolith answers them when subgraphs add and reorder fields', async () => {
      const untidy = [...subgraphs].map(([key, subgraph]) => [key, disturbAnswers(subgraph, 'untidy', SEED)] as const);
      const untidied = createEngines(supergraph, new Map(untidy));
      const compare = compareWhole(federation, untidied, isOpenIn(name, 'untidy'));
      await compareCases(federation, untidied, seedsFrom(SEED, COUNT / 2), compare);
    });

    for (const disturbance of ['down', 'nonsense'] as const satisfies readonly Disturbance[]) {
      it(`lose values, but change none, when a subgraph is ${disturbance}`, async () => {
        const victims = [...subgraphs.keys()];
        for (let round = 0; round < ROUNDS; round++) {
          const victim = victims[(SEED + round) % victims.length];
          const disturbed = [...subgraphs].map(
            ([key, subgraph]) =>
              [key, key === victim ? disturbAnswers(subgraph, disturbance, SEED) : subgraph] as const,
          );
          const hurt = createEngines(supergraph, new Map(disturbed));
          const seeds = seedsFrom(SEED + round * COUNT, COUNT / ROUNDS);
          await compareCases(
            federation,
            hurt,
            seeds,
            () => (operation) => compareSurvivors(federation, hurt, operation),
          );
        }
      });
    }
  });
}
