import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createGateway, readConfig } from '../../src/index.ts';
import { poll } from './poll.ts';

const SDL = 'type Query { hello: String } type Mutation { greet: String }';

/** A gateway before a service that answers when told to. */
async function open(t: TestContext, engine: string, keys = '') {
  const waiting: ServerResponse[] = [];
  const service = createServer((request, response) => {
    request.resume().once('end', () => waiting.push(response));
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'weir-join-'));
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/graphql`;
  await writeFile(join(folder, 'greeting.graphql'), SDL);
  await writeFile(
    join(folder, 'greeting.yaml'),
    `{ kind: graphql, url: "${url}", schema: greeting.graphql, headers: { forward: [x-tenant] }${keys} }`,
  );
  await writeFile(
    join(folder, 'gateway.yaml'),
    `{ server: { port: 0 }, upstreams: [greeting.yaml], graphql: { engine: ${engine} } }`,
  );
  const { config, errors } = await readConfig({ file: join(folder, 'gateway.yaml'), env: {} });
  if (config === undefined) throw new Error(JSON.stringify(errors));
  const gateway = await createGateway(config, { logDestination: { write: () => undefined } });
  const origin = await gateway.listen();
  t.after(async () => {
    await gateway.close();
    service.closeAllConnections();
    service.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    waiting,
    async ask(query: string, tenant = 'a') {
      const response = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-tenant': tenant },
        body: JSON.stringify({ query }),
      });
      return response.json();
    },
    answer(data: unknown) {
      for (const response of waiting.splice(0)) {
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
      }
    },
    async joined() {
      const text = await (await fetch(`${origin}/metrics`)).text();
      return Number(/^weir_upstream_joined_total\{.*weir_upstream="greeting".*\} (\d+)/m.exec(text)?.[1] ?? 0);
    },
  };
}

async function reached(waiting: readonly unknown[], count: number): Promise<void> {
  await poll(
    async () => waiting.length,
    (length) => length >= count,
  );
}

for (const engine of ['compiled', 'stitch']) {
  test(`identical queries under way reach a service once, on the ${engine} engine`, async (t) => {
    const { waiting, ask, answer, joined } = await open(t, engine);
    const asked = Array.from({ length: 10 }, () => ask('{ hello }'));
    await poll(joined, (count) => count === 9);
    await reached(waiting, 1);
    assert.equal(waiting.length, 1);
    answer({ hello: 'world' });
    for (const one of await Promise.all(asked)) assert.deepEqual(one, { data: { hello: 'world' } });
  });
}

test('queries of clients that a service can tell apart, and mutations, reach it each', async (t) => {
  const { waiting, ask, answer, joined } = await open(t, 'auto');
  const asked = [ask('{ hello }'), ask('{ hello }', 'b'), ask('mutation { greet }'), ask('mutation { greet }')];
  await reached(waiting, 4);
  answer({ hello: 'world', greet: 'hi' });
  await Promise.all(asked);
  assert.equal(await joined(), 0);
});

test('a service whose file says so gets every query', async (t) => {
  const { waiting, ask, answer } = await open(t, 'auto', ', join_queries: false');
  const asked = [ask('{ hello }'), ask('{ hello }')];
  await reached(waiting, 2);
  answer({ hello: 'world' });
  await Promise.all(asked);
});
