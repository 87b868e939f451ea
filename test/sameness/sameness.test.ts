import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Compare, compareSurvivors, compareUnderFaults, compareWhole, DifferenceError } from './compare.ts';
import { createEngines } from './engines.ts';
import { type Disturbance, disturbAnswers } from './federation/disturb-answers.ts';
import { federate } from './federation/federate.ts';
import { OPEN_DIFFERENCES } from './open-differences.ts';
import { compareCases } from './random-run.ts';
import { SUPERGRAPHS } from './supergraphs/all.ts';

/** `SAMENESS_SEED` repeats a run; otherwise each run sees other operations. */
const SEED = Number(process.env.SAMENESS_SEED ?? Date.now() % 2 ** 31);
const COUNT = Number(process.env.SAMENESS_COUNT ?? 200);
/** For what takes an engine of its own for each round. */
const ROUNDS = 4;

const openIn = (supergraph: string, trial: string) =>
  OPEN_DIFFERENCES.filter(({ supergraphs, trials }) => supergraphs.includes(supergraph) && trials.includes(trial));
const seedsFrom = (seed: number, count: number) => Array.from({ length: count }, (_, at) => seed + at);

for (const [name, create] of Object.entries(SUPERGRAPHS)) {
  describe(`random operations on the supergraph ${name}, SAMENESS_SEED=${SEED}`, () => {
    const federation = federate(create());
    const { supergraph, subgraphs } = federation;
    const all = createEngines(supergraph, subgraphs);
    const enginesFor = (trial: string) =>
      all.filter(
        (engine) => !openIn(name, trial).some((open) => open.engine === engine.name && open.only === undefined),
      );
    /** Compares, but for what is known to differ. */
    const passing =
      (trial: string, compareFor: (seed: number) => Compare) =>
      (seed: number): Compare => {
        const compare = compareFor(seed);
        return (operation) =>
          compare(operation).catch((error: unknown) => {
            const isOpen = openIn(name, trial).some(
              ({ engine, only }) =>
                error instanceof DifferenceError && error.engine === engine && only?.test(error.message) === true,
            );
            if (!isOpen) throw error;
            return {};
          });
      };

    it('are answered as a monolith answers them: text, order and errors', async (t) => {
      const engines = enginesFor('whole');
      const report = await compareCases(
        federation,
        engines,
        seedsFrom(SEED, COUNT),
        passing('whole', compareWhole(federation, engines)),
      );
      t.diagnostic(JSON.stringify(report));
      assert.ok(report.fields > COUNT * 5, 'the operations select hardly anything');
      assert.ok((report.declined.stitch ?? 0) < COUNT * 0.2, 'the stitch engine declines too much');
      assert.ok((report.declined.compiled ?? 0) < COUNT * 0.6, 'the compiled engine declines most operations');
    });

    it('are answered as a monolith answers them when fields fail', async (t) => {
      const engines = enginesFor('faults');
      const compare = passing('faults', compareUnderFaults(federation, engines));
      t.diagnostic(JSON.stringify(await compareCases(federation, engines, seedsFrom(SEED, COUNT), compare)));
    });

    it('are answered as a monolith answers them when subgraphs add and reorder fields', async () => {
      const untidy = [...subgraphs].map(([key, subgraph]) => [key, disturbAnswers(subgraph, 'untidy', SEED)] as const);
      const engines = createEngines(supergraph, new Map(untidy)).filter((engine) =>
        enginesFor('untidy').some((kept) => kept.name === engine.name),
      );
      await compareCases(
        federation,
        engines,
        seedsFrom(SEED, COUNT / 2),
        passing('untidy', compareWhole(federation, engines)),
      );
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
          const engines = createEngines(supergraph, new Map(disturbed)).filter((engine) =>
            enginesFor(disturbance).some((kept) => kept.name === engine.name),
          );
          await compareCases(
            federation,
            engines,
            seedsFrom(SEED + round * COUNT, COUNT / ROUNDS),
            () => (operation) => compareSurvivors(federation, engines, operation),
          );
        }
      });
    }
  });
}
