import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MappingEvent } from '../../../src/subgraphs/rest/connector-caller.ts';
import { createRestSubgraph } from '../../../src/subgraphs/rest/create-rest-subgraph.ts';
import {
  fetchUpstream,
  type Recorded,
  type Reply,
  RestService,
  requestContext,
  restConfig,
  run,
} from './rest-service.ts';

/** A schema with one connector. */
function schemaOf(
  connect: string,
  { field = 'go(id: ID, input: Input, text: String)', source = '', version = '0.2', rest = '' } = {},
): string {
  return `extend schema
    @link(url: "https://specs.apollo.dev/connect/v${version}", import: ["@source", "@connect"])
    @source(name: "api", http: { baseURL: "https://api.example.com" ${source} })
  type Query { ${field}: Result @connect(source: "api", ${connect}) }
  type Result { value: String }
  input Input { name: String, note: String, tags: [String!] }
  ${rest}`;
}

/** Runs one operation against one answer, and tells what was asked. */
async function call(
  sdl: string,
  reply: Reply | ((request: Recorded) => Reply | undefined),
  {
    query = '{ go { value } }',
    variables = {},
    headers = {},
    options = {},
  }: {
    query?: string;
    variables?: Record<string, unknown>;
    headers?: Record<string, string>;
    options?: Parameters<RestService['subgraph']>[1];
  } = {},
) {
  await using service = await RestService.start(typeof reply === 'function' ? reply : () => reply);
  const result = await run(service.subgraph(sdl, options), query, variables, requestContext(headers));
  return { result, requests: service.requests };
}

describe('requests', () => {
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
    test(`${method}`, async () => {
      const sdl = schemaOf(`http: { ${method}: "/it" }, selection: "value"`);
      const { requests, result } = await call(sdl, { body: { value: method } });
      assert.deepEqual(result, { data: { go: { value: method } } });
      assert.equal(requests[0]?.line, `${method} /it`);
    });
  }

  const withBody =
    'http: { POST: "/it", body: "name: $args.input.name note: $args.input.note tags: $args.input.tags" }, selection: "value"';
  const query = 'query ($input: Input) { go(input: $input) { value } }';

  test('a body is JSON; what was not given is left out, null stays null', async () => {
    const variables = { input: { name: 'ü', note: null } };
    const { requests } = await call(schemaOf(withBody), { body: {} }, { query, variables });
    assert.equal(requests[0]?.body, '{"name":"ü","note":null}');
    assert.equal(requests[0]?.headers['content-type'], 'application/json');
  });

  test('a body is a form where its content type says so', async () => {
    const sdl = schemaOf(
      withBody.replace(
        'POST:',
        'headers: [{ name: "Content-Type", value: "application/x-www-form-urlencoded" }], POST:',
      ),
    );
    const variables = { input: { name: 'a b', tags: ['x', '&'] } };
    const { requests } = await call(sdl, { body: {} }, { query, variables });
    assert.equal(requests[0]?.body, 'name=a+b&tags%5B0%5D=x&tags%5B1%5D=%26');
  });

  test('headers are fixed, computed, or copied from the client; those of the connector replace those of the source', async () => {
    const source = `, headers: [{ name: "X-A", value: "source" }, { name: "x-b", value: "b" }]`;
    const sdl = schemaOf(
      `http: { GET: "/it", headers: [
        { name: "x-a", value: "id {$args.id}" }, { name: "x-c", from: "X-Client" }, { name: "x-d", from: "x-none" },
        { name: "x-e", value: "{$args.text}" }, { name: "x-f", value: "{$context.identity.subject} {$config.k} {$env.K}" },
        { name: "x-g", value: "{$request.headers.'x-client'->first}" }] }, selection: "value"`,
      { source },
    );
    const options = { config: { k: 'c' }, env: { K: 'e' } };
    const { requests } = await call(
      sdl,
      { body: {} },
      { query: '{ go(id: 7) { value } }', headers: { 'x-client': 'me' }, options },
    );
    const headers = requests[0]?.headers ?? {};
    const sent = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => [name, headers[`x-${name}`]]));
    assert.deepEqual(sent, { a: 'id 7', b: 'b', c: 'me', d: undefined, e: undefined, f: 'ada c e', g: 'me' });
  });

  test('GETs that differ in a header are two', async () => {
    const sdl = schemaOf('http: { GET: "/it", headers: { name: "x-id", value: "{$args.id}" } }, selection: "value"');
    const { requests } = await call(
      sdl,
      { body: {} },
      { query: '{ a: go(id: 1) { value } b: go(id: 2) { value } c: go(id: 1) { value } }' },
    );
    assert.deepEqual(
      requests.map(({ headers }) => headers['x-id']),
      ['1', '2'],
    );
  });

  test('path and queryParams as mappings, of the source and of the connector', async () => {
    const sdl = schemaOf(
      `http: { GET: "/it?x=1", path: "$([$args.id, 'y/z'])", queryParams: "q: $args.text none: $args.input.name tags: $(['a', 'b'])" }, selection: "value"`,
      { source: `, path: "$(['v2'])", queryParams: "key: $config.key"` },
    );
    const { requests } = await call(
      sdl,
      { body: {} },
      { query: '{ go(id: "i d", text: "&") { value } }', options: { config: { key: 'k' } } },
    );
    assert.equal(requests[0]?.line, 'GET /v2/it/i%20d/y%2Fz?key=k&x=1&q=%26&tags=a&tags=b');
  });

  const refused: readonly (readonly [what: string, connect: string, variables: Record<string, unknown>])[] = [
    ['a missing path value', 'http: { GET: "/it/{$args.id}" }', {}],
    ['an empty path value', 'http: { GET: "/it/{$args.id}" }', { id: '' }],
    ['a dot segment', 'http: { GET: "/it/{$args.id}/x" }', { id: '..' }],
    [
      'a line break in a header',
      'http: { GET: "/it", headers: [{ name: "x-id", value: "{$args.id}" }] }',
      { id: 'a\r\nx-evil: 1' },
    ],
    ['an object in the query', 'http: { GET: "/it?i={$args.input}" }', { input: { name: 'a' } }],
  ];
  for (const [what, connect, variables] of refused) {
    test(`${what} is refused without a call`, async () => {
      const text = 'query ($id: ID, $input: Input) { go(id: $id, input: $input) { value } }';
      const { result, requests } = await call(
        schemaOf(`${connect}, selection: "value"`),
        { body: {} },
        { query: text, variables },
      );
      assert.deepEqual(
        [requests.length, result.data, result.errors?.[0]?.extensions],
        [0, { go: null }, { code: 'BAD_USER_INPUT' }],
      );
    });
  }
});

describe('answers', () => {
  const sdl = schemaOf('http: { GET: "/it" }, selection: "value"');
  const errorOf = async (reply: Reply, schema = sdl) => {
    const { result } = await call(schema, reply);
    return { data: result.data, error: result.errors?.[0] };
  };

  for (const status of [301, 400, 404, 500, 503]) {
    test(`status ${status} is an error at the field that tells only the status`, async () => {
      assert.deepEqual(await errorOf({ status, body: { secret: 'x' } }), {
        data: { go: null },
        error: {
          message: 'An upstream reported an error',
          path: ['go'],
          extensions: { code: 'UPSTREAM_ERROR', http: { status } },
        },
      });
    });
  }

  test('an error status with a body that is not JSON is still that error', async () => {
    const { error } = await errorOf({ status: 502, body: '<html>', headers: { 'content-type': 'text/html' } });
    assert.deepEqual(error?.extensions, { code: 'UPSTREAM_ERROR', http: { status: 502 } });
  });

  test('a body that is not JSON', async () => {
    assert.deepEqual(await errorOf({ body: '{"value":' }), {
      data: { go: null },
      error: {
        message: 'An upstream answered with something unusable',
        path: ['go'],
        extensions: { code: 'UPSTREAM_BAD_RESPONSE' },
      },
    });
  });

  test('no body is null', async () => {
    assert.deepEqual(await errorOf({ status: 204 }), { data: { go: null }, error: undefined });
  });

  test('plain text is a string', async () => {
    const text = schemaOf('http: { GET: "/it" }, selection: "value: $"');
    assert.deepEqual(
      (await errorOf({ body: 'hi', headers: { 'content-type': 'text/plain; charset=utf-8' } }, text)).data,
      { go: { value: 'hi' } },
    );
  });

  test('a value that does not fit its type tells nothing of it', async () => {
    assert.deepEqual(await errorOf({ body: { value: { secret: 1 } } }), {
      data: { go: { value: null } },
      error: {
        message: 'An upstream answered with something unusable',
        path: ['go', 'value'],
        extensions: { code: 'UPSTREAM_BAD_RESPONSE' },
      },
    });
  });

  test('an integer beyond a double keeps its digits', async () => {
    assert.deepEqual((await errorOf({ body: '{"value":12345678901234567890}' })).data, {
      go: { value: '12345678901234567890' },
    });
  });

  test('keys of a prototype are data', async () => {
    const odd = schemaOf('http: { GET: "/it" }, selection: "value: $.__proto__.constructor"');
    assert.deepEqual((await errorOf({ body: '{"__proto__":{"constructor":"own"}}' }, odd)).data, {
      go: { value: 'own' },
    });
    assert.deepEqual((await errorOf({ body: '{}' }, odd)).data, { go: { value: null } });
  });

  test('isSuccess decides instead of the status', async () => {
    const own = schemaOf(
      `isSuccess: "$status->eq(404)->or($.ok->eq(true))", http: { GET: "/it" }, selection: "value: $status->toString"`,
    );
    assert.deepEqual(await errorOf({ status: 404, body: { ok: false } }, own), {
      data: { go: { value: '404' } },
      error: undefined,
    });
    assert.deepEqual((await errorOf({ status: 200, body: { ok: false } }, own)).error?.extensions, {
      code: 'UPSTREAM_ERROR',
      http: { status: 200 },
    });
  });

  test('errors are mapped from the answer, those of the connector over those of the source', async () => {
    const mapped = schemaOf(
      `errors: { message: "$.error.text", extensions: "code: $.error.code by: $('connector') headers: $response.headers.'x-why'" }, http: { GET: "/it" }, selection: "value"`,
    ).replace(
      '"https://api.example.com"  })',
      `"https://api.example.com" }, errors: { message: "$('shared')", extensions: "by: $('source') shared: $(true)" })`,
    );
    const reply = { status: 418, body: { error: { text: 'Teapot', code: 'TEA' } }, headers: { 'x-why': 'y' } };
    assert.deepEqual((await errorOf(reply, mapped)).error, {
      message: 'Teapot',
      path: ['go'],
      extensions: { code: 'TEA', http: { status: 418 }, by: 'connector', shared: true, headers: ['y'] },
    });
  });

  test('an upstream that cannot be reached is an error of the transport', async () => {
    const outcome = createRestSubgraph(restConfig('http://127.0.0.1:1'), sdl, fetchUpstream('http://127.0.0.1:1'));
    assert.ok(outcome.ok);
    const { errors } = await run(outcome.value, '{ go { value } }');
    assert.deepEqual(errors, [
      { message: 'An upstream cannot be reached', path: ['go'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } },
    ]);
  });

  test('variables that do not fit never reach the service', async () => {
    const { result, requests } = await call(
      sdl,
      { body: {} },
      { query: 'query ($i: Input!) { go(input: $i) { value } }', variables: { i: 5 } },
    );
    assert.equal(requests.length, 0);
    assert.equal(result.errors?.[0]?.extensions?.code, 'BAD_USER_INPUT');
  });

  test('what the answer lacks is told with the place in the mapping', async () => {
    const events: MappingEvent[] = [];
    const options = { onEvent: (event: MappingEvent) => void events.push(event) };
    await call(sdl, { body: { other: 1 } }, { options });
    assert.deepEqual(events, [
      {
        kind: 'mapping',
        upstream: 'shop',
        connector: 'Query.go@connect[0]',
        message: 'There is no "value" in object',
        offset: 0,
      },
    ]);
  });
});

describe('mutations', () => {
  const sdl = schemaOf('http: { GET: "/it" }, selection: "value"', {
    rest: `type Mutation {
      set(text: String): Result @connect(source: "api", http: { POST: "/it", body: "value: $args.text" }, selection: "value")
      touch: Result @connect(source: "api", http: { GET: "/it" }, selection: "value")
    }`,
  });
  const store = () => {
    let value = 'old';
    return ({ line, body }: Recorded): Reply => {
      if (line.startsWith('POST')) value = (JSON.parse(body) as { value: string }).value;
      return { body: { value } };
    };
  };

  test('run in order, each once, also when they are equal', async () => {
    const query =
      'mutation { a: set(text: "1") { value } b: set(text: "2") { value } c: set(text: "2") { value } t: touch { value } u: touch { value } }';
    const { result, requests } = await call(sdl, store(), { query });
    assert.deepEqual(result.data, {
      a: { value: '1' },
      b: { value: '2' },
      c: { value: '2' },
      t: { value: '2' },
      u: { value: '2' },
    });
    assert.deepEqual(
      requests.map(({ line }) => line),
      ['POST /it', 'POST /it', 'POST /it', 'GET /it', 'GET /it'],
    );
  });

  test('what was read before a mutation is read again after it', async () => {
    await using service = await RestService.start(store());
    const subgraph = service.subgraph(sdl);
    const context = requestContext();
    await run(subgraph, '{ go { value } }', {}, context);
    await run(subgraph, 'mutation { set(text: "new") { value } }', {}, context);
    assert.deepEqual((await run(subgraph, '{ go { value } }', {}, context)).data, { go: { value: 'new' } });
  });
});

describe('where requests go', () => {
  const go =
    'type Query { go: Result @connect(source: "api", http: { GET: "/it" }, selection: "value") } type Result { value: String }';
  const sdl = `extend schema @link(url: "https://specs.apollo.dev/connect/v0.1", import: ["@source", "@connect"])
    @source(name: "api", http: { baseURL: "https://api.example.com/v1/?key=k" }) ${go}`;
  const lineFor = async (schema: string, path: string) =>
    (await call(schema, { body: {} }, { options: { path } })).requests[0]?.line;

  test('the path of baseURL is kept where the endpoint has none', async () => {
    assert.equal(await lineFor(sdl, ''), 'GET /v1/it?key=k');
    assert.equal(await lineFor(sdl, '/'), 'GET /v1/it?key=k');
  });
  test('the path of the endpoint stands in its place, its query stays', async () => {
    assert.equal(await lineFor(sdl, '/v2'), 'GET /v2/it?key=k');
  });
  test('an absolute URL gives only its path, a relative one needs no source', async () => {
    const bare = sdl.replace('source: "api", ', '');
    assert.equal(await lineFor(bare.replace('"/it"', '"https://other.example.com/a/it?b=c"'), ''), 'GET /a/it?b=c');
    assert.equal(await lineFor(bare, ''), 'GET /it');
  });
});
