import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { createComposedSupergraph } from '../../src/supergraph/composed-supergraph.ts';
import { createFileStore, type LastGoodStore } from '../../src/supergraph/last-good-store.ts';
import type { LoadedSupergraph, SupergraphStatus, SupergraphWatcher } from '../../src/supergraph/supergraph-watcher.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { SdlServer } from './sdl-server.ts';

const FEDERATION =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"]) ';
const ACCOUNTS = `${FEDERATION} type Query { me: User } type User @key(fields: "id") { id: ID! name: String }`;
const REVIEWS = `${FEDERATION} type Query { top: Int } type User @key(fields: "id") { id: ID! reviews: [String] }`;
const REVIEWS_CLASH = `${FEDERATION} type Query { me: Int top: Int }`;

let directory: string;
let clock: FakeClock;
let accounts: SdlServer;
let reviews: SdlServer;
let watchers: SupergraphWatcher[];
const events = new EventEmitter<{ change: [LoadedSupergraph]; status: [SupergraphStatus]; error: [Error] }>();
const errors: Error[] = [];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'weir-supergraph-'));
  clock = createFakeClock();
  accounts = await new SdlServer('accounts', ACCOUNTS).up();
  reviews = await new SdlServer('reviews', REVIEWS).up();
  watchers = [];
  errors.length = 0;
});
afterEach(async () => {
  for (const watcher of watchers) await watcher.close();
  await accounts.down();
  await reviews.down();
  await rm(directory, { recursive: true });
});

function watcherOn(
  servers: readonly SdlServer[],
  store: LastGoodStore = createFileStore(directory),
): SupergraphWatcher {
  const watcher = createComposedSupergraph({
    readers: servers.map(({ reader }) => reader),
    store,
    readTimeoutMs: 5_000,
    retryIntervalMs: 1_000,
    clock,
    listener: {
      onChange: (loaded) => events.emit('change', loaded),
      onStatus: (status) => events.emit('status', status),
      onError: (error) => errors.push(error),
    },
  });
  watchers.push(watcher);
  return watcher;
}

function fieldsOf(loaded: LoadedSupergraph | undefined, type: string): string[] {
  const named = loaded?.supergraph.apiSchema.getType(type);
  return named !== undefined && 'getFields' in named ? Object.keys(named.getFields()) : [];
}

const statesOf = ({ upstreams }: SupergraphStatus) =>
  Object.fromEntries(upstreams.map(({ name, state }) => [name, state]));

test('all upstreams that can be read take part, and the status is ready', async () => {
  const watcher = watcherOn([accounts, reviews]);
  const loaded = await watcher.start();
  assert.deepEqual(fieldsOf(loaded, 'User'), ['id', 'name', 'reviews']);
  assert.deepEqual([...(loaded?.subgraphs.keys() ?? [])], ['accounts', 'reviews']);
  assert.equal(watcher.status.state, 'ready');
  assert.deepEqual(watcher.status.fieldsLost, []);
  assert.deepEqual(clock.pendingMs, []);
  assert.deepEqual(errors, []);
});

test('an upstream that is down at start is pinned to its last good SDL, also after a restart', async () => {
  await watcherOn([accounts, reviews]).start();
  await reviews.down();
  const watcher = watcherOn([accounts, reviews]);
  const loaded = await watcher.start();
  assert.deepEqual(fieldsOf(loaded, 'User'), ['id', 'name', 'reviews']);
  assert.equal(watcher.status.state, 'degraded');
  assert.deepEqual(statesOf(watcher.status), { accounts: 'live', reviews: 'pinned' });
  assert.match(watcher.status.upstreams[1]?.reason ?? '', /ECONNREFUSED/);
  assert.deepEqual(watcher.status.fieldsLost, []);
});

test('an upstream of which nothing is known is left out and joins without restart when it comes up', async () => {
  await reviews.down();
  const watcher = watcherOn([accounts, reviews]);
  const loaded = await watcher.start();
  assert.deepEqual(fieldsOf(loaded, 'User'), ['id', 'name']);
  assert.deepEqual(statesOf(watcher.status), { accounts: 'live', reviews: 'absent' });
  assert.deepEqual(clock.pendingMs, [1_000]);

  await reviews.up();
  const changed = once(events, 'change');
  clock.advance(1_000);
  const [joined] = await changed;
  assert.deepEqual(fieldsOf(joined, 'User'), ['id', 'name', 'reviews']);
  assert.equal(watcher.current, joined);
  assert.equal(watcher.status.state, 'ready');
});

test('the pauses between attempts grow, and only upstreams that are missing are read again', async () => {
  await reviews.down();
  const watcher = watcherOn([accounts, reviews]);
  await watcher.start();
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 4; attempt++) {
    const [pauseMs = 0] = clock.pendingMs;
    pauses.push(pauseMs);
    clock.advance(pauseMs);
    while (clock.pendingMs.length !== 1 || clock.pendingMs[0] === 5_000) await new Promise(setImmediate);
  }
  assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000]);
  assert.equal(accounts.requests, 1);
});

test('the fields that an absent upstream takes along are listed', async () => {
  await watcherOn([accounts, reviews]).start();
  // The store has lost the SDL of one upstream, but knows the last whole supergraph.
  const store = createFileStore(directory);
  await reviews.down();
  const watcher = watcherOn([accounts, reviews], {
    write: store.write,
    read: (key) => (key.includes('reviews') ? Promise.resolve(undefined) : store.read(key)),
  });
  await watcher.start();
  assert.deepEqual(watcher.status.fieldsLost, ['Query.top', 'User.reviews']);
});

test('the fields that an upstream takes along which was never there are listed from the committed supergraph', async () => {
  const first = await watcherOn([accounts, reviews]).start();
  await rm(directory, { recursive: true });
  await reviews.down();
  const watcher = createComposedSupergraph({
    readers: [accounts.reader, reviews.reader],
    store: createFileStore(directory),
    snapshot: first?.supergraph.sdl,
    readTimeoutMs: 5_000,
    retryIntervalMs: 1_000,
    clock,
  });
  watchers.push(watcher);
  await watcher.start();
  assert.deepEqual(watcher.status.fieldsLost, ['Query.top', 'User.reviews']);
});

test('an upstream whose new SDL does not compose is pinned, the rest serves on, and it joins when it is mended', async () => {
  const watcher = watcherOn([accounts, reviews]);
  const first = await watcher.start();
  reviews.sdl = REVIEWS_CLASH;
  const degraded = once(events, 'status');
  await watcher.reload();
  const [status] = await degraded;
  assert.equal(watcher.current, first);
  assert.deepEqual(statesOf(status), { accounts: 'live', reviews: 'pinned' });
  assert.match(status.upstreams[1]?.reason ?? '', /does not compose.*Query\.me/);

  reviews.sdl = REVIEWS.replace('top: Int', 'best: Int');
  const changed = once(events, 'change');
  clock.advance(1_000);
  const [loaded] = await changed;
  assert.deepEqual(fieldsOf(loaded, 'Query'), ['me', 'best']);
  assert.equal(watcher.status.state, 'ready');
});

test('a broken SDL from an upstream that has no last good one leaves only that upstream out, and says what is lost', async () => {
  reviews.sdl = REVIEWS_CLASH;
  accounts.sdl = 'type Query {';
  const watcher = watcherOn([accounts, reviews]);
  const loaded = await watcher.start();
  assert.deepEqual(fieldsOf(loaded, 'Query'), ['me', 'top']);
  assert.match(watcher.status.upstreams[0]?.reason ?? '', /Syntax Error/);
});

test('an SDL that never composed is not kept as the last good one', async () => {
  await watcherOn([accounts, reviews]).start();
  reviews.sdl = REVIEWS_CLASH;
  await watcherOn([accounts, reviews]).start();
  await reviews.down();
  const watcher = watcherOn([accounts, reviews]);
  assert.deepEqual(fieldsOf(await watcher.start(), 'User'), ['id', 'name', 'reviews']);
});

test('an upstream that goes down and comes back as it was changes nothing that is served', async () => {
  const watcher = watcherOn([accounts, reviews]);
  const first = await watcher.start();
  await reviews.down();
  await watcher.reload();
  assert.deepEqual(statesOf(watcher.status), { accounts: 'live', reviews: 'pinned' });
  assert.equal(watcher.current, first);
  await reviews.up();
  const ready = once(events, 'status');
  clock.advance(1_000);
  const [status] = await ready;
  assert.equal(status.state, 'ready');
  assert.equal(watcher.current, first);
});

test('an upstream that accepts requests but does not answer is given up after the time-out', async () => {
  reviews.hangs = true;
  const watcher = watcherOn([accounts, reviews]);
  const started = watcher.start();
  // Until only the time-out of the one that hangs is left.
  while (reviews.requests === 0 || clock.pendingMs.length > 1) await new Promise(setImmediate);
  clock.advance(5_000);
  await started;
  assert.match(watcher.status.upstreams[1]?.reason ?? '', /No answer within 5000 ms/);
  assert.deepEqual(fieldsOf(watcher.current, 'User'), ['id', 'name']);
});

test('with nothing to serve the status is failed, and the first upstream that comes up is served', async () => {
  await accounts.down();
  await reviews.down();
  const watcher = watcherOn([accounts, reviews]);
  assert.equal(await watcher.start(), undefined);
  assert.equal(watcher.status.state, 'failed');
  await accounts.up();
  const changed = once(events, 'change');
  clock.advance(1_000);
  const [loaded] = await changed;
  assert.deepEqual(fieldsOf(loaded, 'Query'), ['me']);
  assert.equal(watcher.status.state, 'degraded');
});

test('a state folder that cannot be written is reported and does not stop serving', async () => {
  const file = path.join(directory, 'file');
  await writeFile(file, '');
  const watcher = watcherOn([accounts, reviews], createFileStore(path.join(file, 'state')));
  assert.notEqual(await watcher.start(), undefined);
  assert.equal(watcher.status.state, 'ready');
  assert.match(errors[0]?.message ?? '', /Cannot keep the last good SDL/);
});

test('closing aborts what is being read and leaves no timer', async () => {
  reviews.hangs = true;
  const watcher = watcherOn([accounts, reviews]);
  const started = watcher.start();
  while (reviews.requests === 0) await new Promise(setImmediate);
  await watcher.close();
  await started;
  assert.deepEqual(clock.pendingMs, []);
  assert.equal(watcher.current, undefined);
});
