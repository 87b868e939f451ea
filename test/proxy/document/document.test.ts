import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { buildSchema } from 'graphql';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { composeSupergraph } from '../../../src/supergraph/compose.ts';
import { poll } from '../../e2e/poll.ts';
import { serveGraphql } from '../../subgraphs/serve-graphql.ts';
import { startRouteGateway } from '../route-gateway.ts';

const SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated", "@requiresScopes"])
  type Query {
    product(id: ID!): Product
    echo(int: Int, float: Float, flag: Boolean, ids: [ID!], ints: [Int], sort: Sort, filter: Filter, big: Big, id: ID): Echo!
    me: String @authenticated
    secret: String @requiresScopes(scopes: [["admin"]])
    limited: String
    codes(code: String!): String
  }
  type Mutation { cancel(id: ID!, reason: String): Product }
  type Product { id: ID!, name: String, reviews: [Review] }
  type Review { text: String }
  scalar Echo
  scalar Big
  enum Sort { UP DOWN }
  input Filter { min: Float, tags: [String!] }
`;
const RESOLVERS = `
  import { GraphQLError } from ${JSON.stringify(import.meta.resolve('graphql'))};
  const refuse = (message, extensions) => { throw new GraphQLError(message, { extensions }); };
  const products = { 7: { id: '7', name: 'Weir' }, 8: { id: '8', name: 'Dam' } };
  export default {
    Query: {
      product: (_, { id }) => products[id] ?? null,
      echo: (_, args) => args,
      me: (_, args, { request }) => request.identity.subject,
      secret: () => 'secret',
      limited: () => 'ok',
      codes: (_, { code }) => refuse('It is closed', { code }),
    },
    Mutation: { cancel: (_, { id, reason }) => (id === '7' ? { id, name: reason } : null) },
    Product: { reviews: ({ id }) => (id === '8' ? refuse('No reviews', { code: 'REVIEWS_DOWN' }) : [{ text: 'good' }]) },
  };
`;
const PRODUCT = 'query Product($id: ID!) { product(id: $id) { id name reviews { text } } }';

describe('a route that a document answers', { timeout: 60_000 }, () => {
  let folder = '';
  let jwks: Awaited<ReturnType<typeof startKeys>>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-document-'));
    await writeFile(join(folder, 'shop.graphql'), SDL);
    await writeFile(join(folder, 'shop.mjs'), RESOLVERS);
    await writeFile(join(folder, 'own.graphql'), `query Other { me } ${PRODUCT}`);
    jwks = await startKeys();
  });
  after(async () => {
    jwks.close();
    await rm(folder, { recursive: true });
  });

  async function start(t: TestContext, documents: Record<string, unknown>, log?: unknown[]): Promise<string> {
    const routes = Object.entries(documents).map(([name, document]) => {
      const { match, ...rest } = document as { match?: object };
      return { name, match: { path: `/${name}/{key}`, ...match }, document: rest };
    });
    const gateway = await startRouteGateway(t, {
      routes,
      upstreams: { shop: { kind: 'local', schema: join(folder, 'shop.graphql'), resolvers: join(folder, 'shop.mjs') } },
      sections: {
        auth: { jwt: { issuer: 'test', jwks: jwks.url, algorithms: ['ES256'] } },
        rate_limit: { fields: { 'Query.limited': { max: 1, window: '1h' } } },
      },
    });
    log?.push(gateway.log);
    return gateway.url;
  }
  const read = async (answer: Response) => ({
    status: answer.status,
    body: (await answer.json()) as Record<string, unknown>,
  });

  it('has the data of its operation, whole or mapped', async (t) => {
    const url = await start(t, {
      whole: { text: PRODUCT, variables: { id: '$path.key' } },
      mapped: { text: PRODUCT, variables: { id: '$path.key' }, answer: 'product { sku: id name } asked: $query.a' },
      file: {
        file: join(folder, 'own.graphql'),
        operation: 'Product',
        variables: { id: '$path.key' },
        answer: '$.product.name',
      },
    });
    const whole = await fetch(`${url}/whole/7`);
    assert.equal(whole.headers.get('content-type'), 'application/json');
    assert.deepEqual(await read(whole), {
      status: 200,
      body: { product: { id: '7', name: 'Weir', reviews: [{ text: 'good' }] } },
    });
    assert.deepEqual(await read(await fetch(`${url}/mapped/7?a=1`)), {
      status: 200,
      body: { product: { sku: '7', name: 'Weir' }, asked: '1' },
    });
    assert.deepEqual(await read(await fetch(`${url}/file/7`)), { status: 200, body: 'Weir' });
    assert.equal((await fetch(`${url}/whole/7`, { method: 'HEAD' })).status, 200);
  });

  it('takes variables by their name from path, query and body, as their types want them', async (t) => {
    const declared =
      '$int: Int, $float: Float, $flag: Boolean, $ids: [ID!], $ints: [Int], $sort: Sort, $filter: Filter, $big: Big, $key: ID';
    const passed =
      'int: $int, float: $float, flag: $flag, ids: $ids, ints: $ints, sort: $sort, filter: $filter, big: $big, id: $key';
    const url = await start(t, {
      echo: {
        match: { methods: ['GET', 'POST'] },
        text: `query (${declared}) { echo(${passed}) }`,
        answer: '$.echo',
      },
      mapped: {
        text: `query ($filter: Filter, $ints: [Int] = [1], $key: ID) { echo(filter: $filter, ints: $ints, id: $key) }`,
        variables: { filter: '$({ min: $query.min, tags: $query.tag })', ints: '$query.ints->split(",")' },
        answer: '$.echo',
      },
    });
    const texts = await fetch(`${url}/echo/k%C3%A9?int=-3&float=1.5e3&flag=true&ids=7&ints=1&ints=2&sort=UP&big=9`);
    assert.deepEqual((await read(texts)).body, {
      int: -3,
      float: 1500,
      flag: true,
      ids: ['7'],
      ints: [1, 2],
      sort: 'UP',
      big: '9',
      id: 'ké',
    });
    const body = '{"int":4,"filter":{"min":2,"tags":["a"]},"big":12345678901234567890,"ids":[1]}';
    const headers = { 'content-type': 'application/json' };
    const posted = await fetch(`${url}/echo/k?int=3`, { method: 'POST', body, headers });
    assert.deepEqual((await read(posted)).body, {
      int: 3,
      ids: ['1'],
      filter: { min: 2, tags: ['a'] },
      big: '12345678901234567890',
      id: 'k',
    });
    const mapped = await fetch(`${url}/mapped/k?min=2.5&tag=a&ints=4,5`);
    assert.deepEqual((await read(mapped)).body, { filter: { min: 2.5, tags: ['a'] }, ints: [4, 5], id: 'k' });
    assert.deepEqual((await read(await fetch(`${url}/mapped/k`))).body, { filter: {}, ints: [1], id: 'k' });

    for (const query of ['int=x', 'int=1&int=2', 'flag=yes', 'sort=SIDE', 'int=99999999999', 'int=']) {
      const refused = await read(await fetch(`${url}/echo/k?${query}`));
      assert.equal(refused.status, 400, query);
      assert.equal(refused.body.code, 'BAD_USER_INPUT');
    }
    assert.equal(
      (await fetch(`${url}/echo/k`, { method: 'POST', body: 'x', headers: { 'content-type': 'a/b' } })).status,
      415,
    );
    assert.equal((await fetch(`${url}/echo/k`, { method: 'POST', body: '{', headers })).status, 400);
  });

  it('is 404 where it is null, unless null is an answer', async (t) => {
    const variables = { id: '$path.key' };
    const url = await start(t, {
      strict: { text: PRODUCT, variables, answer: '$.product' },
      lax: { text: PRODUCT, variables, answer: '$.product', when_null: 'pass' },
      cancel: {
        match: { methods: ['POST'] },
        text: 'mutation ($id: ID!, $reason: String) { cancel(id: $id, reason: $reason) { id name } }',
        variables,
        answer: '$.cancel',
      },
    });
    const missing = await read(await fetch(`${url}/strict/9`));
    assert.deepEqual([missing.status, missing.body.code], [404, 'NOT_FOUND']);
    assert.deepEqual(await read(await fetch(`${url}/lax/9`)), { status: 200, body: null });
    const headers = { 'content-type': 'application/json' };
    const done = await fetch(`${url}/cancel/7`, { method: 'POST', body: '{"reason":"late"}', headers });
    assert.deepEqual(await read(done), { status: 200, body: { id: '7', name: 'late' } });
    assert.equal((await fetch(`${url}/cancel/9`, { method: 'POST' })).status, 404);
  });

  it('obeys the rules of the graph: identity, scopes, limits', async (t) => {
    const url = await start(t, {
      me: { text: '{ me }', answer: '$.me' },
      secret: { text: '{ secret }' },
      limited: { text: '{ limited }' },
    });
    const anonymous = await fetch(`${url}/me/1`);
    assert.equal(anonymous.headers.get('www-authenticate'), 'Bearer');
    assert.deepEqual([anonymous.status, (await read(anonymous)).body.code], [401, 'UNAUTHENTICATED']);
    const headers = { authorization: `Bearer ${await jwks.sign('ada')}` };
    assert.deepEqual(await read(await fetch(`${url}/me/1`, { headers })), { status: 200, body: 'ada' });
    assert.equal((await fetch(`${url}/secret/1`, { headers })).status, 403);
    assert.equal((await fetch(`${url}/limited/1`)).status, 200);
    const refused = await fetch(`${url}/limited/1`);
    assert.deepEqual([refused.status, (await read(refused)).body.code], [429, 'RATE_LIMITED']);
  });

  it('is the problem of its first error, or is marked as partial', async (t) => {
    const variables = { id: '$path.key' };
    const url = await start(t, {
      fail: { text: PRODUCT, variables },
      partial: { text: PRODUCT, variables, on_errors: 'partial', meta: true },
      codes: { text: 'query ($key: String!) { codes(code: $key) }', statuses: { CLOSED: 409 }, on_errors: 'partial' },
    });
    const failed = await fetch(`${url}/fail/8`);
    assert.equal(failed.headers.get('content-type'), 'application/problem+json');
    const { status, body } = await read(failed);
    assert.equal(status, 502);
    assert.deepEqual(
      [body.code, body.detail, body.type, body.requestId],
      ['REVIEWS_DOWN', 'No reviews', 'urn:weir:error:REVIEWS_DOWN', failed.headers.get('x-request-id')],
    );
    const partial = await fetch(`${url}/partial/8`);
    assert.equal(partial.headers.get('x-gateway-partial'), 'paths="product.reviews"');
    assert.equal(partial.headers.get('cache-control'), 'no-store');
    assert.deepEqual(await read(partial), {
      status: 200,
      body: {
        product: { id: '8', name: 'Dam', reviews: null },
        _meta: { errors: [{ message: 'No reviews', code: 'REVIEWS_DOWN', path: 'product.reviews' }] },
      },
    });
    assert.equal(
      (await fetch(`${url}/codes/CLOSED`)).status,
      200,
      'the field is nullable: the data is there, and is null',
    );
    const closing = await start(t, {
      codes: { text: 'query ($key: String!) { codes(code: $key) }', statuses: { CLOSED: 409 } },
    });
    const conflict = await read(await fetch(`${closing}/codes/CLOSED`));
    assert.deepEqual(
      [conflict.status, conflict.body.code, conflict.body.title],
      [409, 'CLOSED', 'The operation failed'],
    );
  });

  it('is not served where its document cannot run', async (t) => {
    for (const [document, expected] of [
      [{ text: 'query {' }, /Syntax Error/],
      [{ text: 'fragment A on Query { me }' }, /has no operation/],
      [{ text: 'query A { me } query B { me }' }, /has 2 operations/],
      [{ text: 'query A { me }', operation: 'B' }, /has no operation "B"/],
      [{ text: 'subscription { me }' }, /answers once/],
    ] as const) {
      await assert.rejects(start(t, { bad: document }), expected);
    }
  });
});

describe('a document route when the graph changes', { timeout: 30_000 }, () => {
  it('answers 503 while the graph lacks what it asks for, and the rest serves', async (t) => {
    const product = (fields: string) => `type Query { product: Product } type Product { ${fields} }`;
    const schema = buildSchema(product('name: String price: Int'));
    const service = await serveGraphql(t, schema, { product: { name: 'Weir', price: 7 } });
    const compose = (fields: string): string => {
      const composed = composeSupergraph([{ name: 'shop', sdl: product(fields), url: service.url }]);
      assert.ok('sdl' in composed);
      return composed.sdl;
    };
    let sdl = compose('name: String price: Int');
    const registry = createServer((_, response) => void response.end(sdl)).listen(0, '127.0.0.1');
    await once(registry, 'listening');
    t.after(() => registry.closeAllConnections());
    t.after(() => registry.close());
    const { url, log } = await startRouteGateway(t, {
      routes: [
        {
          name: 'name',
          match: { path: '/name' },
          document: { text: '{ product { name } }', answer: '$.product.name' },
        },
        {
          name: 'price',
          match: { path: '/price' },
          document: { text: '{ product { price } }', answer: '$.product.price' },
        },
      ],
      upstreams: {},
      sections: {
        supergraph: {
          source: `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`,
          poll_interval: '100ms',
        },
      },
    });
    const ask = async (name: string) => {
      const answer = await fetch(`${url}/${name}`);
      return [answer.status, await answer.text()] as const;
    };
    assert.deepEqual(
      [await ask('name'), await ask('price')],
      [
        [200, '"Weir"'],
        [200, '7'],
      ],
    );
    sdl = compose('name: String');
    await poll(
      () => ask('price'),
      ([status]) => status === 503,
    );
    const [, text] = await ask('price');
    assert.equal((JSON.parse(text) as { code: string }).code, 'ROUTE_NOT_READY');
    assert.doesNotMatch(text, /product/);
    assert.deepEqual(await ask('name'), [200, '"Weir"']);
    const warned = log.find(({ msg }) => msg === 'The graph lacks what the document of a route asks for');
    assert.deepEqual([warned?.route, warned?.error], ['price', 'Cannot query field "price" on type "Product".']);
    sdl = compose('name: String price: Int');
    await poll(
      () => ask('price'),
      ([status]) => status === 200,
    );
  });
});

/** An issuer of tokens. */
async function startKeys() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] });
  const server = createServer((_, response) => void response.setHeader('content-type', 'application/json').end(keys));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    sign: (subject: string) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer('test')
        .setSubject(subject)
        .setExpirationTime('1h')
        .sign(privateKey),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
