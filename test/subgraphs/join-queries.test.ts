import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { RequestContext } from '../../src/edge/request-context.ts';
import { WeirError } from '../../src/errors.ts';
import { createBackgroundContext } from '../../src/subgraphs/background-context.ts';
import { failureResult } from '../../src/subgraphs/failure.ts';
import { joinQueries } from '../../src/subgraphs/join-queries.ts';
import type { SubgraphResult } from '../../src/subgraphs/subgraph.ts';
import { operationOfText } from '../../src/subgraphs/subgraph-operation.ts';

const QUERY = operationOfText('query', undefined, '{me{id}}');
const MUTATION = operationOfText('mutation', undefined, 'mutation{rename}');
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A subgraph that answers when told to, and records what reaches it. */
function open() {
  const sent: { readonly context: RequestContext; answer(result: SubgraphResult): void }[] = [];
  const joined: string[] = [];
  const subgraph = joinQueries(
    {
      name: 'users',
      sdl: '',
      url: '',
      execute: ({ context }) => new Promise((answer) => sent.push({ context, answer })),
    },
    ({ headers }) => (headers.token === 'never' ? undefined : (headers.token ?? '')),
    (name) => joined.push(name),
  );
  const contextOf = (given: Partial<RequestContext>) => ({
    ...createBackgroundContext(new AbortController().signal),
    ...given,
  });
  const ask = async (given: Partial<RequestContext> = {}, operation = QUERY, variablesText?: string) =>
    subgraph.execute({
      operation,
      variables: undefined,
      ...(variablesText !== undefined && { variablesText }),
      context: contextOf(given),
    });
  return { sent, joined, ask };
}

const answer = () =>
  JSON.parse('{"data":{"me":{"id":"1","__proto__":{"a":1},"tags":["a"]}}}') as { data: Record<string, unknown> };

suite('identical queries under way', () => {
  test('are sent once, and each gets an answer of its own to change', async () => {
    const { sent, joined, ask } = open();
    const asked = [ask(), ask(), ask()];
    await settle();
    assert.equal(sent.length, 1);
    assert.deepEqual(joined, ['users', 'users']);
    sent[0]?.answer(answer());
    const results = await Promise.all(asked);
    for (const { data } of results) {
      assert.deepEqual(data, answer().data);
      // Were it shared, the next would find it gone.
      delete (data as Record<string, unknown>).me;
    }
  });

  test('are sent again once the answer is there', async () => {
    const { sent, ask } = open();
    const first = ask();
    sent[0]?.answer(answer());
    await first;
    const second = ask();
    assert.equal(sent.length, 2);
    sent[1]?.answer(answer());
    await second;
  });

  test('are not joined where variables, what the upstream is shown, or the operation differ', async () => {
    const { sent, joined, ask } = open();
    const asked = [
      ask(),
      ask({}, QUERY, '{"a":1}'),
      ask({}, QUERY, '{"a":2}'),
      ask({ headers: { token: 'a' } }),
      ask({ headers: { token: 'b' } }),
      ask({ headers: { token: 'never' } }),
      ask({ headers: { token: 'never' } }),
      ask({}, operationOfText('query', undefined, '{me{name}}')),
    ];
    assert.equal(sent.length, asked.length);
    assert.deepEqual(joined, []);
    for (const one of sent) one.answer(answer());
    await Promise.all(asked);
  });

  test('have the error of their request each', async () => {
    const { sent, ask } = open();
    const asked = [ask(), ask()];
    sent[0]?.answer(failureResult(new WeirError('UPSTREAM_TIMEOUT')));
    for (const { errors } of await Promise.all(asked)) assert.equal(errors?.[0]?.extensions?.code, 'UPSTREAM_TIMEOUT');
    assert.equal(sent.length, 1);
  });

  test('go on where one that waits leaves', async () => {
    const { sent, ask } = open();
    const controller = new AbortController();
    const stays = ask();
    const leaves = ask({ signal: controller.signal });
    controller.abort();
    assert.equal((await leaves).errors?.[0]?.extensions?.code, 'CLIENT_CLOSED_REQUEST');
    sent[0]?.answer(answer());
    assert.deepEqual((await stays).data, answer().data);
    assert.equal(sent.length, 1);
  });

  test('are sent once more, for all that stay, where the one whose request went out leaves', async () => {
    const { sent, ask } = open();
    const controller = new AbortController();
    const leaves = ask({ signal: controller.signal });
    const stay = [ask(), ask()];
    controller.abort();
    sent[0]?.answer(failureResult(new WeirError('CLIENT_CLOSED_REQUEST')));
    await leaves;
    await settle();
    assert.equal(sent.length, 2);
    sent[1]?.answer(answer());
    for (const { data, errors } of await Promise.all(stay)) {
      assert.deepEqual(data, answer().data);
      assert.equal(errors, undefined);
    }
  });

  test('do not run out of time before their time is over', async () => {
    const { sent, ask } = open();
    const outOfTime = () => failureResult(new WeirError('DEADLINE_EXCEEDED'));
    const asked = [ask({ deadlineMs: 10 }), ask({ deadlineMs: 10 }), ask({ deadlineMs: 20 }), ask({ deadlineMs: 30 })];
    sent[0]?.answer(outOfTime());
    await settle();
    assert.equal(sent[1]?.context.deadlineMs, 20);
    sent[1]?.answer(outOfTime());
    await settle();
    assert.equal(sent[2]?.context.deadlineMs, 30);
    sent[2]?.answer(answer());
    const codes = (await Promise.all(asked)).map(({ errors }) => errors?.[0]?.extensions?.code);
    assert.deepEqual(codes, ['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', undefined]);
    assert.equal(sent.length, 3);
  });
});

test('mutations are never joined', async () => {
  const { sent, ask } = open();
  const asked = [ask({}, MUTATION), ask({}, MUTATION)];
  assert.equal(sent.length, 2);
  for (const one of sent) one.answer({ data: { rename: 1 } });
  for (const { data } of await Promise.all(asked)) assert.deepEqual(data, { rename: 1 });
});
