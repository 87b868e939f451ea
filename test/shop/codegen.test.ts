import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { generate } from '@graphql-codegen/cli';
import config from '../../codegen.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('codegen', () => {
  it('writes what is committed, without a server', async () => {
    const files = await generate({ ...config, cwd: ROOT, silent: true }, false);
    assert.ok(files.length >= 4);
    for (const { filename, content } of files) {
      assert.equal(await readFile(filename, 'utf8'), content, `${filename} is not up to date: run "npm run codegen"`);
    }
  });

  it('refuses a document of the client that does not fit the schema', async () => {
    const documents = 'query Wrong { product(id: "p1") { noSuchField } }';
    const [target] = Object.entries(config.generates).filter(([path]) => path.includes('client'));
    assert.ok(target);
    const generates = { [target[0]]: { ...target[1], documents } };
    await assert.rejects(generate({ ...config, generates, cwd: ROOT, silent: true }, false), /noSuchField/);
  });
});
