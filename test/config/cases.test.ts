import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseCase, runCase } from './golden-case.ts';

// UPDATE_CASES=1 writes what reading gives into the files, for review before a commit.
const isUpdate = process.env.UPDATE_CASES === '1' && process.env.CI === undefined;
const folder = join(import.meta.dirname, 'cases');

describe('reading a config gives what its case says', async () => {
  for (const name of (await readdir(folder)).sort()) {
    it(name.replace(/\.txt$/, '').replaceAll('-', ' '), async () => {
      const text = await readFile(join(folder, name), 'utf8');
      const { files, expected } = parseCase(text);
      const { isGood, text: actual } = await runCase(files);
      assert.equal(isGood, name.startsWith('good-'), actual);
      if (isUpdate) await writeFile(join(folder, name), `${text.split(/^-{8,}\n/m)[0]}--------\n${actual}`);
      else assert.equal(actual, expected);
    });
  }
});
