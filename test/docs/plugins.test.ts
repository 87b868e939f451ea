import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createGateway, readConfig } from '../../src/index.ts';

const ROOT = join(import.meta.dirname, '../..');
/** In the repository the package is its own source. */
const OF_PACKAGE = /from 'weir'/g;

describe('the examples of docs/plugins.md', { timeout: 60_000 }, () => {
  let folder = '';
  let plugin = '';
  let program = '';
  before(async () => {
    // Inside the repository, so that packages are found.
    folder = await mkdtemp(join(ROOT, 'test/docs/.examples-'));
    const text = await readFile(join(ROOT, 'docs/plugins.md'), 'utf8');
    const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
    [plugin = '', program = ''] = blocks.map((code) => code.replace(OF_PACKAGE, "from '../../../src/index.ts'"));
    await writeFile(join(folder, 'plugin.ts'), plugin.replace('> 500', '>= 0'));
    await writeFile(
      join(folder, 'program.ts'),
      program.replace('listen(4000)', 'listen(0, () => console.log(server.address()))'),
    );
    await writeFile(join(folder, 'own.yaml'), 'kind: local\nschema: own.graphql\nresolvers: own.ts\n');
    await writeFile(join(folder, 'own.graphql'), 'type Query { hello: String }');
    await writeFile(join(folder, 'own.ts'), "export default { Query: { hello: () => 'world' } };");
    await writeFile(join(folder, 'gateway.yaml'), 'upstreams: [own.yaml]\nplugins: [./plugin.ts]\n');
    await writeFile(
      join(folder, 'tsconfig.json'),
      '{ "extends": "../../../tsconfig.json", "include": ["plugin.ts", "program.ts"], "exclude": [] }',
    );
  });
  after(() => rm(folder, { recursive: true }));

  it('are well typed', () => {
    execFileSync('tsc', ['-p', folder], { stdio: 'pipe', encoding: 'utf8' });
  });

  it('the plugin tells of operations', async (t) => {
    const { config } = await readConfig({ file: join(folder, 'gateway.yaml'), env: {} });
    assert.ok(config);
    const gateway = await createGateway(config, { logDestination: { write: () => undefined } });
    const told = t.mock.method(console, 'error', () => undefined);
    const body = '{"query":"query Greet { hello }"}';
    const headers = { 'content-type': 'application/json', 'x-request-id': 'greeting-1' };
    const answer = await gateway.fetch(new Request('http://gateway/graphql', { method: 'POST', body, headers }));
    assert.deepEqual(await answer.json(), { data: { hello: 'world' } });
    assert.match(String(told.mock.calls[0]?.arguments[0]), /^[\w-]+: operation took [\d.]+ ms$/);
    await gateway.close();
  });

  it('the program serves, and ends on SIGTERM', async () => {
    const child = spawn(process.execPath, ['program.ts'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    for await (const chunk of child.stdout) {
      output += chunk;
      if (output.includes('port:')) break;
    }
    child.stdout.resume();
    const port = /port: (\d+)/.exec(output)?.[1];
    const answer = await fetch(`http://127.0.0.1:${port}/graphql?query={hello}`, { headers: { connection: 'close' } });
    assert.deepEqual(await answer.json(), { data: { hello: 'world' } });
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});
