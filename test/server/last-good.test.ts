import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSchema, createYoga } from 'graphql-yoga';
import { createGateway, readConfig } from '../../src/index.ts';

test('the schema of a plain service that joins by lookups is good for the next start, with the service or without', async (t) => {
  const yoga = createYoga({
    logging: false,
    schema: createSchema({
      typeDefs: 'type Query { userById(id: ID!): User top: User } type User { id: ID! name: String }',
    }),
  });
  const service = createServer(yoga).listen(0, '127.0.0.1');
  await once(service, 'listening');
  t.after(() => service.close());
  const folder = await mkdtemp(join(tmpdir(), 'weir-last-good-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/graphql`;
  const upstream = {
    ...{ kind: 'graphql', url, retry: false },
    entities: { User: { key: 'id', lookup: 'userById(id: $id)' } },
    // Of what is left no subgraph can be made once more.
    transforms: { hide: ['Query.userById'] },
  };
  await writeFile(join(folder, 'users.json'), JSON.stringify(upstream));
  await writeFile(join(folder, 'gateway.json'), JSON.stringify({ server: { port: 0 }, upstreams: ['users.json'] }));
  const start = async () => {
    const { config, errors } = await readConfig({ file: join(folder, 'gateway.json'), env: {} });
    if (config === undefined) throw new Error(JSON.stringify(errors));
    const errorLines: string[] = [];
    const write = (line: string) => {
      if ((JSON.parse(line) as { level: number }).level >= 50) errorLines.push(line);
    };
    const gateway = await createGateway(config, { logDestination: { write } });
    const response = await gateway.fetch(
      new Request('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ __type(name: \\"User\\") { name } }"}',
      }),
    );
    const status = gateway.readiness();
    await gateway.close();
    return { text: await response.text(), status: status.status, errorLines };
  };
  const text = '{"data":{"__type":{"name":"User"}}}';
  assert.deepEqual(await start(), { text, status: 'ready', errorLines: [] });
  assert.deepEqual(await start(), { text, status: 'ready', errorLines: [] });
  service.close();
  service.closeAllConnections();
  const without = await start();
  assert.deepEqual([without.text, without.status, without.errorLines], [text, 'degraded', []]);
});
