import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createGateway, readConfig } from '../../src/index.ts';

/** Deeper than any stack: it can be read, but no representation can be written of it. */
const DEPTH = 200_000;

test('what an engine fails at is logged with its request and counted; the client learns nothing of it', async (t) => {
  const service = createServer((_request, response) => {
    const deep = '['.repeat(DEPTH) + ']'.repeat(DEPTH);
    response
      .setHeader('content-type', 'application/json')
      .end(`{"data":{"thing":{"__typename":"Thing","id":"1","deep":${deep}}}}`);
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'weir-failure-'));
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/graphql`;
  const link =
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@external", "@requires"])';
  await writeFile(
    join(folder, 'deep.graphql'),
    `${link} scalar Json type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! deep: Json }`,
  );
  await writeFile(
    join(folder, 'far.graphql'),
    `${link} scalar Json
    type Thing @key(fields: "id") { id: ID! deep: Json @external far: Int @requires(fields: "deep") }`,
  );
  await writeFile(join(folder, 'far.yaml'), `{ kind: graphql, url: "${url}", schema: far.graphql }`);
  await writeFile(join(folder, 'deep.yaml'), `{ kind: graphql, url: "${url}", schema: deep.graphql }`);
  await writeFile(
    join(folder, 'gateway.yaml'),
    '{ server: { port: 0 }, upstreams: [deep.yaml, far.yaml], graphql: { engine: compiled } }',
  );
  const { config, errors } = await readConfig({ file: join(folder, 'gateway.yaml'), env: {} });
  if (config === undefined) throw new Error(JSON.stringify(errors));
  const lines: Record<string, unknown>[] = [];
  const gateway = await createGateway(config, {
    logDestination: { write: (line) => void lines.push(JSON.parse(line)) },
  });
  t.after(async () => {
    await gateway.close();
    service.closeAllConnections();
    service.close();
    await rm(folder, { recursive: true, force: true });
  });
  const origin = await gateway.listen();

  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'query Deep { thing { far } }' }),
  });
  assert.deepEqual(await response.json(), {
    data: null,
    errors: [{ message: 'An internal error occurred', extensions: { code: 'INTERNAL_ERROR' } }],
  });
  const line = lines.find(({ msg }) => msg === 'Operation could not be run');
  assert.equal(line?.operation, 'Deep');
  assert.equal(line?.requestId, response.headers.get('x-request-id'));
  assert.match(JSON.stringify(line?.err), /Maximum call stack size exceeded/);
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  assert.match(metrics, /^weir_graphql_failed_total\{.*weir_engine="compiled".*\} 1$/m);
});
