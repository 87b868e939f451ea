import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { type Behind, type Served, serveGateway } from '../serve-gateway.ts';

const SHELF: Behind = {
  sdl: `type Query { hello: String shelf: Shelf items(first: Int): [Shelf] @listSize(slicingArguments: ["first"]) }
    type Shelf @key(fields: "id") { id: ID! next: Shelf title: String }`,
  resolvers: {
    Query: { hello: () => 'world', shelf: () => ({ id: '1' }), items: () => [{ id: '1' }] },
    Shelf: { next: () => ({ id: '2' }) },
  },
};
const OTHER: Behind = { sdl: 'type Query { other: String }', resolvers: { Query: { other: () => 'other' } } };
const services = { shelf: SHELF, other: OTHER };

const LIMITS = {
  depth: { max: 3 },
  tokens: { max: 40 },
  aliases: { max: 2 },
  root_fields: { max: 3 },
  directives: { max: 2 },
  batch_size: { max: 2 },
  body_size: { max: '2KiB' },
  cost: { max: 20, expose: true },
  upstream_calls: { max: 1 },
};
const withMode = (mode: string) =>
  Object.fromEntries(Object.entries(LIMITS).map(([name, limit]) => [name, { ...limit, mode }]));

/** Documents beyond each limit, and beyond no other. */
const BEYOND: readonly (readonly [limit: string, code: string, query: string])[] = [
  ['depth', 'MAX_DEPTH_EXCEEDED', '{ shelf { next { next { id } } } }'],
  [
    'depth',
    'MAX_DEPTH_EXCEEDED',
    '{ ...F } fragment F on Query { shelf { ...G } } fragment G on Shelf { next { next { id } } }',
  ],
  ['tokens', 'MAX_TOKENS_EXCEEDED', `{ shelf { ${'id '.repeat(60)} } }`],
  ['aliases', 'MAX_ALIASES_EXCEEDED', '{ a: hello shelf { b: id c: id } }'],
  ['aliases', 'MAX_ALIASES_EXCEEDED', '{ shelf { ...F next { ...F } } } fragment F on Shelf { a: id b: id }'],
  ['root_fields', 'MAX_ROOT_FIELDS_EXCEEDED', '{ hello ...F ...F } fragment F on Query { hello shelf { id } }'],
  [
    'directives',
    'MAX_DIRECTIVES_EXCEEDED',
    '{ hello @skip(if: false) shelf @skip(if: false) { id @skip(if: false) } }',
  ],
  ['cost', 'MAX_COST_EXCEEDED', '{ items(first: 21) { id } }'],
  ['upstream_calls', 'MAX_UPSTREAM_CALLS_EXCEEDED', '{ hello other }'],
];

describe('an operation beyond a limit', { timeout: 60_000 }, () => {
  let enforcing: Served;
  let measuring: Served;
  let unlimited: Served;
  before(async () => {
    enforcing = await serveGateway(services, { graphql: { limits: withMode('enforce') } });
    measuring = await serveGateway(services, { graphql: { limits: withMode('measure') } });
    unlimited = await serveGateway(services, { graphql: { limits: withMode('off') } });
  });
  after(() => Promise.all([enforcing, measuring, unlimited].map((served) => served?.close())));

  for (const [limit, code, query] of BEYOND) {
    it(`${limit}: is refused before any upstream is asked: ${query.slice(0, 60)}`, async () => {
      for (let twice = 0; twice < 2; twice++) {
        const { status, body } = await enforcing.ask(query);
        assert.deepEqual(
          body.errors?.map(({ extensions }) => extensions?.code),
          [code],
        );
        assert.equal(status, 400);
        assert.ok(!('data' in body));
        assert.deepEqual(enforcing.received, []);
      }
    });

    it(`${limit}: is served, counted and logged where it is only measured: ${query.slice(0, 60)}`, async () => {
      const before = measuring.log.length;
      const { status, body } = await measuring.ask(query);
      assert.deepEqual([status, body.errors], [200, undefined]);
      const lines = measuring.log.slice(before).filter((line) => line.limit !== undefined);
      assert.deepEqual(
        lines.map((line) => line.limit),
        [limit],
      );
      assert.match(
        await measuring.metrics(),
        new RegExp(`weir_graphql_limits\\w*{weir_limit="${limit}",weir_mode="measure"`),
      );
    });

    it(`${limit}: is served without a word where it is off: ${query.slice(0, 60)}`, async () => {
      const before = unlimited.log.length;
      const { status, body } = await unlimited.ask(query);
      assert.deepEqual([status, body.errors], [200, undefined]);
      assert.deepEqual(
        unlimited.log.slice(before).filter((line) => line.limit !== undefined),
        [],
      );
    });
  }

  it('is served up to the limits', async () => {
    const query = '{ a: hello @skip(if: false) b: hello shelf { next { id } } }';
    assert.equal((await enforcing.ask(query)).status, 200);
    assert.equal(
      (await enforcing.ask('query ($n: Int) { items(first: $n) { id } }', { variables: { n: 20 } })).status,
      200,
    );
    assert.equal(
      (await enforcing.ask('query ($n: Int) { items(first: $n) { id } }', { variables: { n: 21 } })).status,
      400,
    );
  });

  it('needs its slicing argument where cost is limited', async () => {
    const { body } = await enforcing.ask('{ items { id } }');
    assert.match(body.errors?.[0]?.message ?? '', /^"Query.items" needs exactly one of the arguments "first", got 0/);
    assert.equal(body.errors?.[0]?.extensions?.code, 'BAD_USER_INPUT');
    assert.equal((await measuring.ask('{ items { id } }')).status, 200);
  });

  it('shows its cost where clients may see it', async () => {
    const { body } = await enforcing.ask('{ items(first: 4) { id } }');
    assert.deepEqual(body.extensions, { cost: { estimated: 4, max: 20 } });
    assert.deepEqual(body.data, { items: [{ id: '1' }] });
    assert.equal((await unlimited.ask('{ hello }')).body.extensions, undefined);
  });

  const post = (served: Served, body: string) =>
    fetch(`${served.origin}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

  it('a batch beyond the limit is refused', async () => {
    const batch = (count: number) => JSON.stringify(Array.from({ length: count }, () => ({ query: '{ hello }' })));
    const within = await post(enforcing, batch(2));
    assert.deepEqual(
      await within.json(),
      Array.from({ length: 2 }, () => ({ data: { hello: 'world' }, extensions: { cost: { estimated: 0, max: 20 } } })),
    );
    const beyond = await post(enforcing, batch(3));
    assert.equal(beyond.status, 400);
    assert.match(await beyond.text(), /"code":"MAX_BATCH_SIZE_EXCEEDED"/);
    assert.equal((await post(measuring, batch(3))).status, 200);
  });

  it('a body beyond the limit is refused, also one that does not tell its length', async () => {
    const body = JSON.stringify({ query: '{ hello }', variables: { padding: 'x'.repeat(3_000) } });
    const declared = await post(enforcing, body);
    assert.deepEqual([declared.status, /"code":"CONTENT_TOO_LARGE"/.test(await declared.text())], [413, true]);
    const { status, text } = await postChunked(enforcing, body);
    assert.deepEqual([status, /"code":"CONTENT_TOO_LARGE"/.test(text)], [413, true], text);
    assert.equal((await post(measuring, body)).status, 200);
    assert.equal((await postChunked(unlimited, body)).status, 200);
  });

  it('a chain of fragments that is longer than the stack is refused, and the gateway lives', async () => {
    const fragments = Array.from({ length: 9_000 }, (_, at) => `fragment F${at} on Query { ...F${at + 1} }`);
    const { body } = await unlimited.ask(`{ ...F0 } ${fragments.join(' ')} fragment F9000 on Query { hello }`);
    assert.equal(body.errors?.[0]?.extensions?.code, 'MAX_DEPTH_EXCEEDED');
    assert.equal((await unlimited.ask('{ hello }')).status, 200);
  });

  it('a document deeper than the parser has room for is refused, and the gateway lives', async () => {
    const { body } = await unlimited.ask(`${'{ shelf '.repeat(9_000)}{ id }${' }'.repeat(9_000)}`);
    assert.equal(body.errors?.[0]?.extensions?.code, 'MAX_DEPTH_EXCEEDED');
    assert.equal((await unlimited.ask('{ hello }')).status, 200);
  });
});

describe('limits without a config', { timeout: 60_000 }, () => {
  let served: Served;
  before(async () => {
    served = await serveGateway(services, {});
  });
  after(() => served?.close());

  it('let the introspection of GraphiQL and usual operations pass, and no batches', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    const { status, body } = await served.ask(
      getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }),
    );
    assert.deepEqual([status, body.errors], [200, undefined]);
    assert.equal((await served.ask('{ items { next { next { id } } } hello other }')).status, 200);
    const batch = await fetch(`${served.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '[{"query":"{ hello }"},{"query":"{ hello }"}]',
    });
    assert.equal(batch.status, 400);
  });
});

function postChunked(served: Served, body: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${served.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    // Written in pieces: Node then sends chunks and no length.
    sent.write(body.slice(0, 100));
    sent.end(body.slice(100));
  });
}
