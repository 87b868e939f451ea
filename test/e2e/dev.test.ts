import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { postGraphql } from '../shop/post-graphql.ts';
import { launchBrowser, skipWithoutBrowser } from './browser.ts';
import { poll } from './poll.ts';

const CLI = new URL('../../src/cli/weir.ts', import.meta.url).pathname;

describe('weir dev', () => {
  let folder = '';
  let url = '';
  let child: ChildProcess;
  let terminal = '';
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const ask = async () => (await postGraphql<{ hello: string }>(`${url}/graphql`, '{ hello }')).data?.hello;
  const problem = async () =>
    ((await (await fetch(`${url}/graphql/problem`)).json()) as { problem: string | null }).problem;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-dev-'));
    await write('gateway.yaml', 'server: { port: 0 }\nupstreams: [own.yaml]\n');
    await write('own.yaml', 'kind: local\nschema: own.graphql\nresolvers: own.ts\n');
    await write('own.graphql', 'type Query { hello: String }\n');
    await write('own.ts', "export default { Query: { hello: () => 'one' } };\n");
    child = spawn(process.execPath, [CLI, 'dev'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr?.on('data', (chunk) => {
      terminal += chunk;
    });
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const { msg, url: ready } = JSON.parse(line) as { msg: string; url: string };
      if (msg !== 'Weir is ready') continue;
      url = ready;
      break;
    }
    child.stdout?.resume();
    assert.notEqual(url, '', terminal);
  });
  after(async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
    await rm(folder, { recursive: true });
  });

  it('serves a change of local code', async () => {
    assert.equal(await ask(), 'one');
    await write('own.ts', "export default { Query: { hello: () => 'two' } };\n");
    await poll(ask, (hello) => hello === 'two');
    assert.equal(await problem(), null);
  });

  it('keeps the graph and tells file and line where a schema is wrong', async () => {
    await write('own.graphql', 'type Query {\n  hello: Strin\n}\n');
    assert.match(
      (await poll(problem, (text) => text !== null)) ?? '',
      /^own\.graphql:2:10 {2}The SDL has no type "Strin"\n/,
    );
    assert.equal(await ask(), 'two');
    assert.match(terminal, /own\.graphql:2:10[\s\S]*The graph in service stays/);
  });

  it('keeps the graph and tells file and line where the config is wrong', async () => {
    await write('own.yaml', 'kind: local\nschema: own.graphql\nresolver: own.ts\n');
    assert.match(
      (await poll(problem, (text) => text?.includes('own.yaml') ?? false)) ?? '',
      /own\.yaml:3:1 {2}Unknown key/,
    );
    assert.equal(await ask(), 'two');
  });

  it('shows the problem in GraphiQL', { skip: skipWithoutBrowser, timeout: 60_000 }, async (t) => {
    const browser = await launchBrowser();
    t.after(() => browser.close());
    const page = await browser.newPage();
    const failures: string[] = [];
    page.on('pageerror', (error) => failures.push(error.message));
    await page.goto(`${url}/graphql`);
    await page.getByText('Unknown key "resolver"').waitFor();
    assert.deepEqual(failures, []);
  });

  it('serves again what is mended', async () => {
    await write('own.graphql', 'type Query { hello: String }\n');
    await write('own.yaml', 'kind: local\nschema: own.graphql\nresolvers: own.ts\n');
    await write('own.ts', "export default { Query: { hello: () => 'three' } };\n");
    await poll(ask, (hello) => hello === 'three');
    await poll(problem, (text) => text === null);
  });
});
