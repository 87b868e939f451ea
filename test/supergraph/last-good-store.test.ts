import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { createFileStore } from '../../src/supergraph/last-good-store.ts';

let parent: string;
let directory: string;

beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'weir-store-'));
  directory = path.join(parent, 'state');
});
afterEach(() => rm(parent, { recursive: true }));

test('what was written is read, also by another store on the same folder', async () => {
  await createFileStore(directory).write('upstream.a', 'type Query { a: Int }\n');
  assert.equal(await createFileStore(directory).read('upstream.a'), 'type Query { a: Int }\n');
});

test('a key without text, and a folder that is not there, have nothing', async () => {
  assert.equal(await createFileStore(directory).read('upstream.a'), undefined);
});

test('only the newest text of a key is kept', async () => {
  const store = createFileStore(directory);
  for (const text of ['one', 'two', 'three']) await store.write('a', text);
  assert.equal(await store.read('a'), 'three');
  assert.equal((await readdir(directory)).length, 1);
});

test('a damaged file is not believed', async () => {
  const store = createFileStore(directory);
  await store.write('a', 'type Query { a: Int }');
  const [file = ''] = await readdir(directory);
  await writeFile(path.join(directory, file), 'type Query { a:');
  assert.equal(await store.read('a'), undefined);
});

test('no key leaves the folder, and keys that look alike stay apart', async () => {
  const store = createFileStore(directory);
  const keys = ['../../evil', '/etc/passwd', 'a', 'A', 'a/b', 'a_b', '__proto__', 'x'.repeat(500), ''];
  for (const key of keys) await store.write(key, `text of ${key}`);
  for (const key of keys) assert.equal(await store.read(key), `text of ${key}`);
  assert.deepEqual(await readdir(parent), ['state']);
  assert.equal((await readdir(directory)).length, keys.length);
});

test('writers at the same time leave one whole file', async () => {
  const texts = Array.from({ length: 20 }, (_, index) => `text ${index} `.repeat(1000));
  await Promise.all(texts.map((text) => createFileStore(directory).write('a', text)));
  assert.ok(texts.includes((await createFileStore(directory).read('a')) ?? ''));
  for (const file of await readdir(directory)) {
    assert.match(file, /\.graphql$/);
    assert.ok(texts.includes(await readFile(path.join(directory, file), 'utf8')));
  }
});
