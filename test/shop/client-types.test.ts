import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const CLIENT = fileURLToPath(new URL('../../examples/client/', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const TSC = join(PACKAGES, 'typescript/bin/tsc');

function typeCheck(folder: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [TSC, '-p', folder], (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout });
    });
  });
}

describe('the typed client', () => {
  const copies: string[] = [];
  after(() => Promise.all(copies.map((copy) => rm(copy, { recursive: true }))));

  /** A copy of the client with one text replaced. */
  async function copyWith(file: string, text: string, replacement: string): Promise<string> {
    const copy = await mkdtemp(join(tmpdir(), 'shop-client-'));
    copies.push(copy);
    await cp(CLIENT, copy, { recursive: true });
    await symlink(PACKAGES, join(copy, 'node_modules'));
    const source = await readFile(join(copy, file), 'utf8');
    assert.ok(source.includes(text), `${file} has no "${text}"`);
    await writeFile(join(copy, file), source.replaceAll(text, replacement));
    return copy;
  }

  it('compiles', async () => {
    assert.deepEqual(await typeCheck(CLIENT), { code: 0, output: '' });
  });

  it('does not compile with a field that the document does not ask for', async () => {
    const copy = await copyWith('product-page.ts', 'product.averageRating', 'product.averageStars');
    const { code, output } = await typeCheck(copy);
    assert.notEqual(code, 0);
    assert.match(output, /'averageStars' does not exist/);
  });

  it('does not compile with a document that codegen has not seen', async () => {
    const copy = await copyWith('product-page.ts', '      averageRating\n', '      averageStars\n');
    assert.notEqual((await typeCheck(copy)).code, 0);
  });

  it('does not compile with a variable missing or of the wrong type', async () => {
    for (const wrong of ['query(ProductPage)', 'query(ProductPage, { id: true })']) {
      const copy = await copyWith('product-page.ts', 'query(ProductPage, { id })', wrong);
      assert.notEqual((await typeCheck(copy)).code, 0, wrong);
    }
  });
});
