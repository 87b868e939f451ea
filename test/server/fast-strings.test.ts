import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');

/** Runs a program in a process of its own, and reads what it says of `String.prototype` then. */
function hasFastStrings(program: string): boolean {
  const isFast = '%HasFastProperties(String.prototype)';
  const args = ['--allow-natives-syntax', '--input-type=module', '-e', `${program}\nconsole.log(${isFast});`];
  return execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' }).trim().endsWith('true');
}

const extend = 'class Text extends String {}\nnew Text("");';
const heal = "import { keepStringsFast } from './src/server/fast-strings.ts';\n";

test('a class that extends String slows all strings down', () => {
  assert.equal(hasFastStrings(extend), false);
});

test('keepStringsFast makes them fast again, as often as it is needed', () => {
  assert.equal(hasFastStrings(`${heal}${extend}\nkeepStringsFast();`), true);
  const again = `${extend}\nkeepStringsFast();\nconst other = class extends String {};\nnew other("");\nkeepStringsFast();`;
  assert.equal(hasFastStrings(heal + again), true);
});

test('a gateway has fast strings once it is made', () => {
  const program = `import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGateway, readConfig } from './src/index.ts';
const folder = mkdtempSync(join(tmpdir(), 'weir-'));
mkdirSync(join(folder, 'upstreams'));
writeFileSync(join(folder, 'upstreams/one.yaml'), '{ kind: http, url: http://127.0.0.1:9 }');
writeFileSync(join(folder, 'gateway.yaml'), 'routes: [{ name: one, match: { path: /one }, upstream: one }]');
const { config } = await readConfig({ file: join(folder, 'gateway.yaml'), env: {} });
rmSync(folder, { recursive: true });
const gateway = await createGateway(config, { logDestination: { write() {} } });
await gateway.close();`;
  assert.equal(hasFastStrings(program), true);
});
