import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { type Clock, systemClock } from '../../src/supergraph/clock.ts';
import { createFileStore } from '../../src/supergraph/last-good-store.ts';
import type { LoadedSupergraph, SupergraphStatus, SupergraphWatcher } from '../../src/supergraph/supergraph-watcher.ts';
import { createSuppliedSupergraph } from '../../src/supergraph/supplied-supergraph.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

const FOUR_SUBGRAPHS = await readFile(path.join(import.meta.dirname, 'fixtures/four-subgraphs.graphql'), 'utf8');
const CHANGED = FOUR_SUBGRAPHS.replace('fullName', 'wholeName');

let directory: string;
let clock: FakeClock;
let watcher: SupergraphWatcher | undefined;
const events = new EventEmitter<{ change: [LoadedSupergraph]; status: [SupergraphStatus] }>();

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'weir-supplied-'));
  clock = createFakeClock();
});
afterEach(async () => {
  await watcher?.close();
  await rm(directory, { recursive: true });
});

function watcherOf(source: string, time: Clock = clock): SupergraphWatcher {
  watcher = createSuppliedSupergraph({
    source,
    pollIntervalMs: 10_000,
    readTimeoutMs: 5_000,
    store: createFileStore(path.join(directory, 'state')),
    clock: time,
    makeSubgraph: ({ name, url }) => ({ name, sdl: '', url, execute: () => ({ data: null }) }),
    listener: {
      onChange: (loaded) => events.emit('change', loaded),
      onStatus: (status) => events.emit('status', status),
    },
  });
  return watcher;
}

test('a file from elsewhere with four subgraphs is served, each by its URL', async () => {
  const file = path.join(directory, 'supergraph.graphql');
  await writeFile(file, FOUR_SUBGRAPHS);
  const loaded = await watcherOf(file).start();
  assert.deepEqual(
    [...(loaded?.subgraphs.values() ?? [])].map(({ name, url }) => [name, url]),
    [
      ['accounts', 'http://accounts.test/graphql'],
      ['inventory', 'http://inventory.test/graphql'],
      ['products', 'http://products.test/graphql'],
      ['reviews', 'http://reviews.test/graphql'],
    ],
  );
  assert.equal(watcher?.status.state, 'ready');
});

test('a file that is replaced is served anew', async () => {
  const file = path.join(directory, 'supergraph.graphql');
  await writeFile(file, FOUR_SUBGRAPHS);
  await watcherOf(file, systemClock).start();
  const changed = once(events, 'change');
  await writeFile(`${file}.new`, CHANGED);
  await rename(`${file}.new`, file);
  const [loaded] = await changed;
  assert.ok(loaded.supergraph.sdl.includes('wholeName'));
});

test('a file that breaks leaves the one in use, says so, and is served again when mended', async () => {
  const file = path.join(directory, 'supergraph.graphql');
  await writeFile(file, FOUR_SUBGRAPHS);
  const first = await watcherOf(file).start();
  await writeFile(file, 'type Query { a: Int }');
  const degraded = once(events, 'status');
  await watcher?.reload();
  const [status] = await degraded;
  assert.equal(status.state, 'degraded');
  assert.match(status.upstreams[0]?.reason ?? '', /Cannot serve the supergraph .*no enum "join__Graph"/);
  assert.equal(watcher?.current, first);
  await writeFile(file, CHANGED);
  await watcher?.reload();
  assert.equal(watcher?.status.state, 'ready');
  assert.notEqual(watcher?.current, first);
});

test('a source that is gone at a start is replaced by the last good supergraph', async () => {
  const file = path.join(directory, 'supergraph.graphql');
  await writeFile(file, FOUR_SUBGRAPHS);
  await watcherOf(file).start();
  await watcher?.close();
  await rm(file);
  const loaded = await watcherOf(file).start();
  assert.equal(loaded?.supergraph.sdl, FOUR_SUBGRAPHS);
  assert.equal(watcher?.status.state, 'degraded');
  assert.ok(watcher?.status.upstreams.every(({ state }) => state === 'pinned'));
});

test('without any supergraph the status is failed until the source has one', async () => {
  const file = path.join(directory, 'supergraph.graphql');
  assert.equal(await watcherOf(file).start(), undefined);
  assert.equal(watcher?.status.state, 'failed');
  await writeFile(file, FOUR_SUBGRAPHS);
  const changed = once(events, 'change');
  clock.advance(10_000);
  await changed;
  assert.equal(watcher?.status.state, 'ready');
});

test('a URL is polled with its ETag and served anew when the text changes', async () => {
  let text = FOUR_SUBGRAPHS;
  const answers: number[] = [];
  const server: Server = createServer((request, response) => {
    const etag = `"${text.length}"`;
    const status = request.headers['if-none-match'] === etag ? 304 : 200;
    answers.push(status);
    response.writeHead(status, { etag, connection: 'close' });
    response.end(status === 304 ? undefined : text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await watcherOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}/supergraph`).start();
    await watcher?.reload();
    assert.deepEqual(answers, [200, 304]);
    text = CHANGED;
    const changed = once(events, 'change');
    clock.advance(10_000);
    const [loaded] = await changed;
    assert.equal(loaded.supergraph.sdl, CHANGED);
    assert.deepEqual(answers, [200, 304, 200]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
