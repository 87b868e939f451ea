import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'graphql';
import { composeShop } from '../../examples/shop-supergraph.ts';
import { createCompiledEngine } from '../../src/engine/compiled-engine.ts';
import { coerceVariables } from '../../src/planner/coerce-variables.ts';
import { normaliserOf } from '../../src/planner/normalise.ts';
import { readShopQueries } from './read-queries.ts';

describe('the compiled engine', () => {
  const { sdl, apiSchema, graphs } = composeShop();
  // Nothing is executed here: what counts is whether every operation has a program.
  const subgraphs = new Map(
    [...graphs.values()].map(({ name, url }) => [name, { name, url, sdl: '', execute: async () => ({}) }]),
  );
  const engine = createCompiledEngine({ supergraphSdl: sdl, apiSchema, subgraphs });

  for (const { name, query, variables } of [...readShopQueries(), ...readShopQueries('mutations')]) {
    it(`does not decline ${name} of the shop`, async () => {
      const normaliser = normaliserOf(apiSchema, parse(query), null);
      const coerced = coerceVariables(apiSchema, normaliser.definition, variables);
      assert.ok(coerced.variables !== undefined);
      const operation = normaliser.apply(coerced.variables);
      await engine.prepare(operation);
      assert.equal(engine.declines(operation), undefined);
      const planned = operation.isEmpty ? undefined : await engine.planner.plan(operation);
      if (planned !== undefined) assert.ok('plan' in planned && planned.planner === 'own');
    });
  }
});
