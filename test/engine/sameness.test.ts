import { test } from 'node:test';
import fc from 'fast-check';
import { randomOperation } from '../sameness/random-operation.ts';
import { assertSame } from './worlds/compare.ts';
import { depotWorld } from './worlds/depot.ts';
import { createEngine, federate } from './worlds/federate.ts';
import { library } from './worlds/library.ts';
import { shop } from './worlds/shop.ts';

const RUNS = 150;

for (const world of [shop, library, depotWorld]) {
  for (const generatesCode of [true, false]) {
    const how = generatesCode ? 'generated code' : 'closures';
    test(`random operations on the ${world.name} answer as a monolith does, with ${how}`, async () => {
      const federation = federate(world);
      const engine = createEngine(federation, { generatesCode });
      const operations = randomOperation(federation.apiSchema, { arguments: world.argumentValues });
      await fc.assert(
        fc.asyncProperty(operations, (operation) => assertSame(world, federation, engine, operation)),
        { numRuns: RUNS },
      );
    });
  }
}
