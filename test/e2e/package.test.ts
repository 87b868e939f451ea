import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { postGraphql } from '../shop/post-graphql.ts';

const run = promisify(execFile);
/** npm and `weir` find their `node` by it: the one that runs this test. */
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const NEEDED = [
  'src',
  'docs',
  'package.json',
  '.npmrc',
  'tsconfig.json',
  'tsconfig.build.json',
  'gateway.schema.json',
  'upstream.schema.json',
];
const SERVICE = {
  name: 'greeting',
  url: 'http://127.0.0.1:9/graphql',
  typeDefs: parse('type Query { hello: String }'),
};

describe('the npm package', { timeout: 300_000 }, () => {
  let folder = '';
  let weir = '';
  let started: ChildProcess | undefined;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-package-'));
    const source = join(folder, 'source');
    const user = join(folder, 'user');
    for (const name of NEEDED) await cp(join(REPOSITORY, name), join(source, name), { recursive: true });
    await symlink(join(REPOSITORY, 'node_modules'), join(source, 'node_modules'));
    await run('npm', ['run', 'build'], { cwd: source, env });
    const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts'], { cwd: source, env });
    const packed: { filename: string } = Object.values(JSON.parse(stdout) as object)[0];
    await mkdir(user);
    await writeFile(join(user, 'package.json'), '{ "private": true, "type": "module" }');
    await run(
      'npm',
      ['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', join(source, packed.filename)],
      { cwd: user, env },
    );
    weir = join(user, 'node_modules/.bin/weir');
  });
  after(async () => {
    started?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  it('tells its commands', async () => {
    const { stdout } = await run(weir, ['--help'], { env });
    for (const command of ['start', 'dev', 'check', 'compose']) assert.match(stdout, new RegExp(`^ +${command} `, 'm'));
  });

  it('serves a supergraph file where nothing else is', async () => {
    const { supergraphSdl, errors } = composeServices([SERVICE]);
    if (supergraphSdl === undefined) throw new Error(String(errors));
    const file = join(folder, 'user/supergraph.graphql');
    await writeFile(file, supergraphSdl);
    started = spawn(weir, ['start', '--supergraph', file, '--port', '0'], {
      cwd: join(folder, 'user'),
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const url = await graphqlUrl(started);
    assert.deepEqual(await postGraphql(url, '{ __typename }'), { data: { __typename: 'Query' } });
  });

  it('is imported by its name', async () => {
    const program =
      "import { createGateway, readConfig } from 'weir'; console.log(typeof createGateway, typeof readConfig)";
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
      cwd: join(folder, 'user'),
    });
    assert.equal(stdout, 'function function\n');
  });
});

/** What the line "Weir is ready" of its log names. */
async function graphqlUrl({ stdout, stderr }: ChildProcess): Promise<string> {
  let output = '';
  stderr?.on('data', (chunk) => {
    output += chunk;
  });
  for await (const chunk of stdout ?? []) {
    output += chunk;
    const line = output.split('\n').find((one) => one.includes('"Weir is ready"') && one.endsWith('}'));
    if (line !== undefined) return (JSON.parse(line) as { graphql: string }).graphql;
  }
  throw new Error(`It ended before it was ready:\n${output}`);
}
