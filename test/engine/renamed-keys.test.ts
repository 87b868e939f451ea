import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCompiledEngine } from '../../src/engine/compiled-engine.ts';
import type { SubgraphResult } from '../../src/subgraphs/subgraph.ts';
import { federate } from '../sameness/federation/federate.ts';
import { runOperation } from '../sameness/run-operation.ts';
import { covariantFixture } from '../sameness/supergraphs/library.ts';

const QUERY = '{ archived { ... on Film { title } all: related { headline } } }';

/** Asks the catalog in vain for `related`, which its types have in different types: the planner gives them keys of their own. */
async function ask(result: (key: string) => SubgraphResult) {
  const { supergraph, subgraphs, fixture } = federate(covariantFixture());
  const [catalog] = [...subgraphs].filter(([name]) => name === 'catalog');
  assert.ok(catalog);
  let hasRenamed = false;
  const failing = {
    ...catalog[1],
    execute: ({ operation }: { readonly operation: { readonly text: string } }) => {
      const [, key] = /on Book\s*\{[^}]*?(\w+):\s*related/.exec(operation.text) ?? [];
      hasRenamed = key !== undefined && key !== 'all';
      return result(key ?? 'all');
    },
  };
  const engine = createCompiledEngine({
    supergraphSdl: supergraph.sdl,
    apiSchema: supergraph.apiSchema,
    subgraphs: new Map([...subgraphs, ['catalog', failing]]),
  });
  const answer = await runOperation(engine, supergraph.apiSchema, { text: QUERY, variables: {} }, fixture.identity);
  assert.ok(typeof answer !== 'string', String(answer));
  assert.ok(hasRenamed, 'no key is renamed: the case shows nothing');
  return { data: JSON.parse(answer.dataText), paths: answer.errors.map(({ path }) => path?.join('.')) };
}

const DATA = { archived: [{ all: null }, null, { all: null }] };

test('a fetch that failed whole has its error at the keys of the client, whatever it was asked by', async () => {
  const { data, paths } = await ask(() => ({ data: null, errors: [{ message: 'down' }] }));
  assert.deepEqual(data, DATA);
  assert.deepEqual(paths, ['archived.0.all', 'archived.2.all']);
});

test('so has one entity, or one field of it', async () => {
  const { data, paths } = await ask((key) => ({
    data: { _entities: [null, { __typename: 'Tape', [key]: null }] },
    errors: [
      { message: 'no', path: ['_entities', 0, key] },
      { message: 'no', path: ['_entities', 1, key] },
    ],
  }));
  assert.deepEqual(data, DATA);
  assert.deepEqual(paths, ['archived.0.all', 'archived.2.all']);
});
