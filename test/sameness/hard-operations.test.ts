import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareWithMonolith } from './compare.ts';
import { createEngines } from './engines.ts';
import { federate } from './federation/federate.ts';
import type { Fixture } from './federation/fixture.ts';
import { depotFixture } from './supergraphs/depot.ts';
import { covariantFixture, interfaceObjectsFixture } from './supergraphs/library.ts';
import { shopFixture } from './supergraphs/shop.ts';

/** Operations that planners are known to refuse or to plan wrongly. */
const CASES: readonly { readonly create: () => Fixture; readonly query: string; readonly hard: string }[] = [
  {
    create: covariantFixture,
    query: '{ media { related { by { name } ... on Book { title } } } }',
    hard: 'an interface field whose types differ from object type to object type (GraphQL §5.3.2)',
  },
  {
    create: covariantFixture,
    query: '{ shelf { ... on Media { b: by { name } } } }',
    hard: 'the same, where a fragment on the interface stands on a union',
  },
  {
    create: interfaceObjectsFixture,
    query: '{ rated { ... on Tape { shelfmark } ... on Book { headline } } }',
    hard: 'types that enter one interface object with different requirements',
  },
  {
    create: depotFixture,
    query: '{ parcel(id: "x1") { verdict } }',
    hard: 'two requirements that themselves require fields of another subgraph',
  },
  { create: depotFixture, query: '{ humid { area } }', hard: 'a requirement behind a nested key' },
  {
    create: depotFixture,
    query: '{ parcels { lines { parcel { fee } } } }',
    hard: 'an entity that a field of itself leads back to',
  },
  {
    create: shopFixture,
    query: '{ product(id: "p3") { buyer { fullName } } }',
    hard: 'from a second key over the owner to a requirement',
  },
];

describe('an operation that is hard to plan is answered as by a monolith:', () => {
  for (const { create, query, hard } of CASES) {
    it(hard, async () => {
      const federation = federate(create());
      const engines = createEngines(federation.supergraph, federation.subgraphs).filter(
        ({ name }) => name === 'compiled',
      );
      assert.deepEqual(await compareWithMonolith(federation, engines, { text: query, variables: {} }), {});
    });
  }
});
