import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { buildSchema } from 'graphql';
import { readSubgraphSdl } from '../../../src/subgraphs/graphql/read-sdl.ts';
import { fetchUpstream } from '../fetch-upstream.ts';
import { serveAnswer, serveGraphql } from '../serve-graphql.ts';
import { graphqlUpstreamConfig } from './graphql-upstream-config.ts';

const FEDERATION_1 =
  'type User @key(fields: "id") @key(fields: "email") { id: ID! email: String } extend type Query { me: User }';

const federated = () => ({
  schema: buildSchema('type Query { me: String _service: _Service } type _Service { sdl: String }'),
  root: { _service: { sdl: FEDERATION_1 } },
});

function read(url: string, keys: Record<string, unknown>, signal: AbortSignal) {
  return readSubgraphSdl(graphqlUpstreamConfig(url, keys), fetchUpstream('reviews', url), signal);
}

suite('the SDL of a federated service', () => {
  test('is the text of _service, untouched, also where federation is only guessed', async (t) => {
    const { schema, root } = federated();
    const server = await serveGraphql(t, schema, root);
    assert.equal(await read(server.url, { federation: true }, t.signal), FEDERATION_1);
    assert.equal(await read(server.url, {}, t.signal), FEDERATION_1);
    assert.equal(server.requests.length, 2);
  });

  test('is missing where the service has no _service, and the message says what to set', async (t) => {
    const server = await serveGraphql(t, buildSchema('type Query { me: String }'));
    await assert.rejects(read(server.url, { federation: true }, t.signal), (error: Error) => {
      assert.match(error.message, /upstream "reviews" at http:\/\/127\.0\.0\.1:\d+\/graphql/);
      assert.match(error.message, /Cannot query field "_service"/);
      assert.match(error.message, /federation: false/);
      return true;
    });
  });
});

suite('the SDL of a plain service', () => {
  test('is introspected, with descriptions, defaults, deprecations, specifiedBy and oneOf', async (t) => {
    const sdl = `
      """A thing"""
      type Query { find(by: By!, first: Int = 10, old: String @deprecated(reason: "no")): Date @deprecated(reason: "gone") }
      scalar Date @specifiedBy(url: "https://example.com/date")
      input By @oneOf { id: ID name: String }`;
    const server = await serveGraphql(t, buildSchema(sdl));
    const text = await read(server.url, {}, t.signal);
    for (const piece of [
      '"""A thing"""',
      'first: Int = 10',
      '@deprecated(reason: "no")',
      '@deprecated(reason: "gone")',
      '@specifiedBy',
      '@oneOf',
    ]) {
      assert.ok(text.includes(piece), `${piece} in ${text}`);
    }
  });

  test('is introspected without asking _service where entities or the config say that it is plain', async (t) => {
    const server = await serveGraphql(t, buildSchema('type Query { user(id: ID!): User } type User { id: ID! }'));
    await read(server.url, { federation: false }, t.signal);
    await read(server.url, { entities: { User: { key: 'id', lookup: 'user(id: $id)' } } }, t.signal);
    assert.equal(
      server.requests.some((request) => request.query.includes('_service')),
      false,
    );
  });

  test('is introspected with fewer fields where the server knows only those of older specifications', async (t) => {
    const refuses = /isOneOf|specifiedByURL|isRepeatable|includeDeprecated: true\) {\s+\.\.\.InputValue/;
    const server = await serveGraphql(t, buildSchema('type Query { a: String }'), {}, refuses);
    assert.match(await read(server.url, { federation: false }, t.signal), /type Query/);
    assert.equal(server.requests.length, 4);
  });

  test('is missing where introspection is off, and the message names the way out', async (t) => {
    const server = await serveAnswer(
      t,
      400,
      'application/json',
      '{"errors":[{"message":"introspection is disabled"}]}',
    );
    await assert.rejects(
      read(server.url, {}, t.signal),
      /refuses introspection: introspection is disabled.*name that in "schema"/,
    );
  });
});

suite('a schema that cannot be read', () => {
  test('is told with the status and what came, without the credentials of the URL', async (t) => {
    const server = await serveAnswer(t, 502, 'text/html', '<html>Bad Gateway</html>');
    const url = server.url.replace('http://', 'http://user:secret@');
    const config = graphqlUpstreamConfig(server.url);
    const withCredentials = { ...config, endpoints: config.endpoints.map((endpoint) => ({ ...endpoint, url })) };
    const attempt = readSubgraphSdl(withCredentials, fetchUpstream('reviews', server.url), t.signal);
    await assert.rejects(attempt, (error: Error & { code?: string }) => {
      assert.equal(error.code, 'UPSTREAM_UNAVAILABLE');
      assert.match(error.message, /HTTP 502, text\/html, "<html>Bad Gateway/);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });

  test('is one of a server that is down', async (t) => {
    await assert.rejects(
      read('http://127.0.0.1:1/graphql', {}, t.signal),
      /Cannot read the schema of upstream "reviews" at http:\/\/127/,
    );
  });

  test('is a file that is not there', async (t) => {
    await assert.rejects(
      read('http://127.0.0.1:1', { schema: '/nowhere/x.graphql' }, t.signal),
      /from \/nowhere\/x\.graphql: there is no such file/,
    );
  });
});

test('the SDL comes from the file where there is one, without a request', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-sdl-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'reviews.graphql');
  await writeFile(file, FEDERATION_1);
  assert.equal(await read('http://127.0.0.1:1', { schema: file }, t.signal), FEDERATION_1);
});
