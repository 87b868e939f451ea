import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import { formatConfigErrors, readConfig } from '../../src/index.ts';
import { ask, numbered, startCachedRoute } from '../proxy/cache/cached-route.ts';
import { readBlocks } from './page-blocks.ts';

interface Example {
  readonly routes: readonly [Record<string, unknown>];
  readonly cache?: unknown;
}

const examples = (await readBlocks('caching.md', 'yaml')).map((text) => parse(text) as Example);

describe('the examples of docs/caching.md', { timeout: 60_000 }, () => {
  it('are all found', () => assert.equal(examples.length, 5));

  for (const [index, example] of examples.entries()) {
    it(`number ${index + 1} is a config`, async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'weir-docs-'));
      t.after(() => rm(folder, { recursive: true }));
      await writeFile(join(folder, 'catalog.yaml'), 'kind: http\nurl: http://127.0.0.1:1\n');
      const file = join(folder, 'gateway.yaml');
      await writeFile(file, stringify({ ...example, upstreams: ['catalog.yaml'] }));
      const { errors } = await readConfig({ file, env: {} });
      assert.equal(errors && formatConfigErrors(errors, folder), undefined);
    });
  }

  it('keep what the page says, and tell it as the page has it', async (t) => {
    const [
      {
        routes: [plain],
      },
      ,
      {
        routes: [keyed],
      },
    ] = examples as [Example, Example, Example];
    const [request = ''] = await readBlocks('caching.md', 'http');
    const [shown = ''] = await readBlocks('caching.md', 'text');
    const path = request.trim().split(' ')[1] as string;
    const options = { route: { ...plain, upstream: 'service' } };
    const { get } = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60', age: '12' }), options);
    await get(path);
    const { headers } = await get(path);
    for (const line of shown.trim().split('\n').slice(1)) {
      const [name = '', value = ''] = line.split(': ');
      const close = [value, value.replace('12', '13').replace('48', '47')];
      assert.ok(close.includes(String(headers[name.toLowerCase()])), `${name}: ${headers[name.toLowerCase()]}`);
    }
    const other = await startCachedRoute(t, numbered({ 'cache-control': 'max-age=60' }), {
      cache: keyed.cache,
    });
    assert.equal((await other.get('/catalog?page=1&utm=1')).body, (await other.get('/catalog?utm=2&page=1')).body);
    const preview = await ask(`${other.gateway.url}/catalog?page=1`, { headers: { 'x-preview': '1' } });
    assert.equal(preview.headers['cache-status'], 'weir; fwd=bypass');
  });
});
