import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'graphql';
import { buildExecutableSchema } from '../../examples/services/executable-schema.ts';
import { serveGraphql } from '../../examples/services/graphql-service.ts';
import type { Service } from '../../examples/services/listen.ts';
import { createGateway, type Gateway, readConfig } from '../../src/index.ts';
import { poll } from './poll.ts';

const PLUGIN = fileURLToPath(new URL('./fixtures/stamp-plugin.ts', import.meta.url));
/** What a gateway could hold: sockets, servers, watched files, timers that keep the process alive. */
const RESOURCE = /^(TCP|TLS|FSEvent|StatWatcher|Timeout|DNS|GetAddr)/;
const SDL = 'type Query { hello: String }';

describe('a gateway in a program of its own', { timeout: 60_000 }, () => {
  let service: Service;
  let folder = '';
  let gateway: Gateway;
  before(async () => {
    service = await serveGraphql(buildExecutableSchema(parse(SDL), { Query: { hello: () => 'world' } }), {});
    folder = await mkdtemp(join(tmpdir(), 'weir-embedding-'));
    await writeFile(join(folder, 'greeting.graphql'), SDL);
    await writeFile(
      join(folder, 'greeting.yaml'),
      `{ kind: graphql, url: "${service.url}", schema: greeting.graphql }`,
    );
    await writeFile(join(folder, 'gateway.yaml'), `{ upstreams: [greeting.yaml], plugins: ["${PLUGIN}"] }`);
    const { config, errors } = await readConfig({ file: join(folder, 'gateway.yaml'), env: {} });
    if (config === undefined) throw new Error(JSON.stringify(errors));
    gateway = await createGateway(config, { logDestination: { write: () => undefined } });
  });
  after(async () => {
    await service?.close(0);
    await rm(folder, { recursive: true, force: true });
  });

  it('answers a fetch request, with what its plugin adds', async () => {
    await checkAnswer(await gateway.fetch(new Request('http://gateway/graphql', QUERY)));
  });

  it('answers in a server of that program', async () => {
    const server = createServer(gateway.handler);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await checkAnswer(await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, QUERY));
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('leaves nothing open', async () => {
    assert.equal(await gateway.close(), true);
    await service.close();
    // The kernel's part of a close is done a moment after `close` has called back.
    await poll(
      async () => process.getActiveResourcesInfo().filter((name) => RESOURCE.test(name)),
      ({ length }) => length === 0,
    );
  });
});

const QUERY = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: '{ hello }' }),
};

async function checkAnswer(response: Response): Promise<void> {
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), {
    data: { hello: 'world' },
    extensions: { stamp: response.headers.get('x-request-id') },
  });
}
