import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { buildSchema } from 'graphql';
import { WeirError } from '../../../src/errors.ts';
import { createBackgroundContext } from '../../../src/subgraphs/background-context.ts';
import { createHttpExecutor } from '../../../src/subgraphs/graphql/http-executor.ts';
import { operationOfText } from '../../../src/subgraphs/subgraph-operation.ts';
import type { UpstreamRequest } from '../../../src/transport/upstream.ts';
import { fetchUpstream } from '../fetch-upstream.ts';
import { serveAnswer, serveGraphql } from '../serve-graphql.ts';

const HELLO = operationOfText('query', 'Hello', 'query Hello($name: String) { hello(name: $name) }');
const JSON_TYPE = 'application/json';

async function answerOf(test: TestContext, status: number, type: string, body: string) {
  const server = await serveAnswer(test, status, type, body);
  const execute = createHttpExecutor(fetchUpstream('greeter', server.url));
  return execute({ operation: HELLO, variables: undefined, context: createBackgroundContext(test.signal) });
}

suite('an operation at a GraphQL upstream', () => {
  test('is posted with its variables, and the answer comes back as data', async (t) => {
    const schema = buildSchema('type Query { hello(name: String): String }');
    const server = await serveGraphql(t, schema, { hello: ({ name }: { name: string }) => `hello ${name}` });
    const execute = createHttpExecutor(fetchUpstream('greeter', server.url));
    const context = createBackgroundContext(t.signal);
    const first = await execute({ operation: HELLO, variables: { name: 'Ada "L"' }, context });
    const second = await execute({
      operation: HELLO,
      variables: { name: 'no' },
      variablesText: '{"name":"text"}',
      context,
    });
    const third = await execute({ operation: HELLO, variables: undefined, context });
    assert.deepEqual(JSON.parse(JSON.stringify([first, second, third])), [
      { data: { hello: 'hello Ada "L"' } },
      { data: { hello: 'hello text' } },
      { data: { hello: 'hello undefined' } },
    ]);
    assert.equal(server.requests[0]?.headers['content-type'], 'application/json');
    assert.match(
      server.requests[0]?.headers.accept ?? '',
      /^application\/graphql-response\+json, application\/json;q=0\.9$/,
    );
    assert.equal(server.requests[0]?.query, HELLO.text);
  });

  test('may be sent twice when it is a query, never when it is a mutation', async (t) => {
    const sent: UpstreamRequest[] = [];
    const execute = createHttpExecutor({
      ...fetchUpstream('recorder', ''),
      send: async (request) => {
        sent.push(request);
        return { status: 200, headers: {}, body: '{"data":{}}' };
      },
    });
    const context = createBackgroundContext(t.signal);
    await execute({ operation: HELLO, variables: undefined, context });
    await execute({
      operation: operationOfText('mutation', 'Add', 'mutation Add { add }'),
      variables: undefined,
      context,
    });
    assert.deepEqual(
      sent.map(({ idempotent, label }) => ({ idempotent, label })),
      [
        { idempotent: true, label: 'Hello' },
        { idempotent: false, label: 'Add' },
      ],
    );
  });
});

suite('an answer is a GraphQL answer', () => {
  for (const status of [200, 400, 401, 500, 503]) {
    test(`with status ${status} when its body is a GraphQL response`, async (t) => {
      const result = await answerOf(
        t,
        status,
        JSON_TYPE,
        '{"errors":[{"message":"no","path":["hello"],"extensions":{"code":"X"}}]}',
      );
      assert.deepEqual(result, { data: null, errors: [{ message: 'no', path: ['hello'], extensions: { code: 'X' } }] });
    });
  }

  test('whatever its media type says', async (t) => {
    assert.deepEqual(await answerOf(t, 200, 'text/html', '{"data":{"hello":"x"}}'), { data: { hello: 'x' } });
  });

  test('with "errors" null or empty, which means none', async (t) => {
    assert.deepEqual(await answerOf(t, 200, JSON_TYPE, '{"data":{"a":1},"errors":[]}'), { data: { a: 1 } });
    assert.deepEqual(await answerOf(t, 200, JSON_TYPE, '{"data":{"a":1},"errors":null}'), { data: { a: 1 } });
  });

  test('with partial data beside errors, and without the locations, which point into text that no client wrote', async (t) => {
    const body =
      '{"data":{"a":null},"errors":[{"message":"m","locations":[{"line":1,"column":2}],"path":[{}]}],"extensions":{"t":1}}';
    assert.deepEqual(await answerOf(t, 200, JSON_TYPE, body), {
      data: { a: null },
      errors: [{ message: 'm' }],
      extensions: { t: 1 },
    });
  });

  test('of many megabytes', async (t) => {
    const list = Array.from({ length: 100_000 }, (_, id) => ({ id, text: 'x'.repeat(60) }));
    const result = await answerOf(t, 200, JSON_TYPE, JSON.stringify({ data: { list } }));
    assert.equal((result.data as { list: unknown[] }).list.length, 100_000);
  });

  test('whose keys may be called __proto__ without touching any prototype', async (t) => {
    const result = await answerOf(t, 200, JSON_TYPE, '{"data":{"__proto__":{"polluted":true}}}');
    assert.equal(Object.hasOwn(result.data ?? {}, '__proto__'), true);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });
});

suite('an unusable answer becomes one error that tells clients nothing of it', () => {
  const cases: [name: string, status: number, type: string, body: string, code: string, cause: RegExp][] = [
    [
      'HTML',
      200,
      'text/html',
      '<html>secret</html>',
      'UPSTREAM_BAD_RESPONSE',
      /not JSON; HTTP 200, text\/html, "<html>secret/,
    ],
    ['an empty body', 200, JSON_TYPE, '', 'UPSTREAM_BAD_RESPONSE', /an empty body/],
    ['truncated JSON', 200, JSON_TYPE, '{"data":{"hello":"wo', 'UPSTREAM_BAD_RESPONSE', /not JSON/],
    ['a list', 200, JSON_TYPE, '[]', 'UPSTREAM_BAD_RESPONSE', /no object/],
    ['null', 200, JSON_TYPE, 'null', 'UPSTREAM_BAD_RESPONSE', /no object/],
    ['data that is a list', 200, JSON_TYPE, '{"data":[]}', 'UPSTREAM_BAD_RESPONSE', /"data" is no object/],
    ['null data without an error', 200, JSON_TYPE, '{"data":null}', 'UPSTREAM_BAD_RESPONSE', /"data" is null/],
    [
      'errors that are no list',
      200,
      JSON_TYPE,
      '{"data":{},"errors":{"message":"x"}}',
      'UPSTREAM_BAD_RESPONSE',
      /"errors" is no list/,
    ],
    ['an error that is no object', 200, JSON_TYPE, '{"errors":["x"]}', 'UPSTREAM_BAD_RESPONSE', /an entry of "errors"/],
    ['neither data nor errors', 200, JSON_TYPE, '{"error":"x"}', 'UPSTREAM_BAD_RESPONSE', /neither/],
    ['500 with HTML', 500, 'text/html', '<h1>', 'UPSTREAM_BAD_RESPONSE', /HTTP 500/],
    ['503 with HTML', 503, 'text/html', '<h1>', 'UPSTREAM_UNAVAILABLE', /HTTP 503/],
    ['502 with JSON', 502, JSON_TYPE, '{"message":"bad gateway"}', 'UPSTREAM_UNAVAILABLE', /HTTP 502/],
    ['504 with text', 504, 'text/plain', 'late', 'UPSTREAM_TIMEOUT', /HTTP 504/],
  ];
  for (const [name, status, type, body, code, cause] of cases) {
    test(name, async (t) => {
      const { data, errors } = await answerOf(t, status, type, body);
      assert.equal(data, null);
      assert.equal(errors?.length, 1);
      const [error] = errors ?? [];
      assert.deepEqual(error?.extensions, { code });
      assert.doesNotMatch(error?.message ?? '', /secret|html|greeter/i);
      assert.ok(error?.cause instanceof WeirError);
      assert.match(error.cause.message, cause);
      assert.match(error.cause.message, /upstream "greeter"/);
    });
  }

  test('no connection', async (t) => {
    const execute = createHttpExecutor(fetchUpstream('greeter', 'http://127.0.0.1:1/graphql'));
    const result = await execute({
      operation: HELLO,
      variables: undefined,
      context: createBackgroundContext(t.signal),
    });
    assert.equal(result.errors?.[0]?.extensions?.code, 'UPSTREAM_UNAVAILABLE');
  });
});
