import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestContext } from '../../src/edge/request-context.ts';
import type { SubgraphResult } from '../../src/subgraphs/subgraph.ts';
import { createAnsweringFederation } from './answering-subgraphs.ts';
import { createContext, createEngine, run } from './worlds/federate.ts';

function open() {
  const federation = createAnsweringFederation();
  const waiting: ((result: SubgraphResult) => void)[] = [];
  federation.answer('accounts', () => new Promise((resolve) => waiting.push(resolve)));
  federation.answer('reviews', { data: { _entities: [{ count: 1 }] } });
  const engine = createEngine(federation, {
    join: {
      joinKey: (_, { headers }) => (headers.authorization === 'never' ? undefined : (headers.authorization ?? '')),
    },
  });
  const ask = (text: string, context: Partial<RequestContext> = {}) =>
    run(engine, federation.apiSchema, text, {}, createContext(context));
  return { federation, engine, waiting, ask };
}

/** Lets everything happen that needs no more input. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const answer = { data: { me: { __typename: 'User', id: '1' } } };

test('identical queries under way are sent once', async () => {
  const { federation, waiting, ask } = open();
  await Promise.all([first(ask, waiting), settle()]);
  const answers = [ask('{me{id count}}'), ask('{me{id count}}'), ask('{me{id count}}')];
  await settle();
  assert.equal(waiting.length, 2);
  waiting[1]?.(structuredClone(answer));
  for (const { dataText } of await Promise.all(answers)) assert.equal(dataText, '{"me":{"id":"1","count":1}}');
  const { calls } = federation;
  assert.equal(calls.filter((call) => call.startsWith('accounts')).length, 2);
});

/** The first request compiles; the ones that the test is about then start together. */
async function first(
  ask: (text: string) => Promise<unknown>,
  waiting: ((result: SubgraphResult) => void)[],
): Promise<void> {
  const done = ask('{me{id count}}');
  while (waiting.length === 0) await settle();
  waiting[0]?.(structuredClone(answer));
  await done;
}

test('requests that differ in what is forwarded are not joined', async () => {
  const { waiting, ask } = open();
  await first(ask, waiting);
  const answers = ['a', 'b', 'never', 'never'].map((authorization) =>
    ask('{me{id count}}', { headers: { authorization } }),
  );
  await settle();
  assert.equal(waiting.length, 5);
  for (const resolve of waiting) resolve(structuredClone(answer));
  await Promise.all(answers);
});

test('mutations are never joined', async () => {
  const { waiting, ask } = open();
  const answers = [ask('mutation{rename}'), ask('mutation{rename}')];
  while (waiting.length < 2) await settle();
  for (const resolve of waiting) resolve({ data: { rename: 1 } });
  for (const { dataText } of await Promise.all(answers)) assert.equal(dataText, '{"rename":1}');
});

test('a follower that leaves takes only itself', async () => {
  const { waiting, ask } = open();
  await first(ask, waiting);
  const controller = new AbortController();
  const stays = ask('{me{id count}}');
  const leaves = ask('{me{id count}}', { signal: controller.signal });
  await settle();
  controller.abort();
  assert.equal((await leaves).errors?.[0]?.extensions?.code, 'CLIENT_CLOSED_REQUEST');
  waiting[1]?.(structuredClone(answer));
  assert.equal((await stays).dataText, '{"me":{"id":"1","count":1}}');
  assert.equal(waiting.length, 2);
});

test('where the request that went out is given up by its client, the others send anew', async () => {
  const { waiting, ask } = open();
  await first(ask, waiting);
  const controller = new AbortController();
  const leaves = ask('{me{id count}}', { signal: controller.signal });
  const stays = [ask('{me{id count}}'), ask('{me{id count}}')];
  await settle();
  controller.abort();
  waiting[1]?.({ data: null, errors: [{ message: 'aborted' }] });
  await leaves;
  await settle();
  assert.equal(waiting.length, 3);
  waiting[2]?.(structuredClone(answer));
  for (const { dataText, errors } of await Promise.all(stays)) {
    assert.equal(dataText, '{"me":{"id":"1","count":1}}');
    assert.equal(errors, undefined);
  }
});
