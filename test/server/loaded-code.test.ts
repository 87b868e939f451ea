import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Opens a gateway, closes it, and prints the modules that were loaded for it. */
const PROGRAM = `
  import { registerHooks } from 'node:module';
  const urls = [];
  registerHooks({ load(url, context, next) { urls.push(url); return next(url, context); } });
  const { createGateway, readConfig } = await import(process.argv[1]);
  const { config } = await readConfig({ file: process.argv[2], env: {} });
  const gateway = await createGateway(config, { logDestination: { write() {} } });
  await gateway.listen();
  await gateway.close();
  console.log(JSON.stringify(urls));
`;

async function loadedFor(file: string): Promise<readonly string[]> {
  const index = join(import.meta.dirname, '../../src/index.ts');
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', PROGRAM, index, file]);
  return JSON.parse(stdout) as string[];
}

test('a gateway with routes alone loads nothing of what a graph needs, and GraphiQL is loaded when it is asked for', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-loaded-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'rest.json'), JSON.stringify({ kind: 'http', url: 'http://127.0.0.1:9' }));
  await writeFile(join(folder, 'graph.graphql'), 'type Query { hello: String }');
  await writeFile(join(folder, 'resolvers.js'), 'export default { Query: { hello: () => "" } };');
  const graph = { kind: 'local', schema: 'graph.graphql', resolvers: 'resolvers.js' };
  await writeFile(join(folder, 'graph.json'), JSON.stringify(graph));
  const common = { server: { port: 0 } };
  const routes = [{ name: 'all', match: { path: '/*' }, upstream: 'rest' }];
  await writeFile(join(folder, 'routes.json'), JSON.stringify({ ...common, upstreams: ['rest.json'], routes }));
  await writeFile(join(folder, 'both.json'), JSON.stringify({ ...common, upstreams: ['graph.json', 'rest.json'] }));
  const isOfGraph = (url: string) =>
    /node_modules\/(graphql-yoga|@graphql-tools|@graphql-hive|@envelop|@theguild)\/|\/src\/(engine|planner|stitch|subgraphs)\//.test(
      url,
    );

  const forRoutes = await loadedFor(join(folder, 'routes.json'));
  assert.ok(forRoutes.some((url) => url.endsWith('/src/proxy/compile-routes.ts')));
  assert.deepEqual(forRoutes.filter(isOfGraph), []);

  const forBoth = await loadedFor(join(folder, 'both.json'));
  assert.ok(forBoth.some(isOfGraph));
  assert.deepEqual(
    forBoth.filter((url) => url.includes('render-graphiql')),
    [],
  );
});

/** Asks a gateway for GraphiQL where its package cannot be loaded, and prints page and log. */
const WITHOUT_GRAPHIQL = `
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === '@graphql-yoga/render-graphiql') throw new Error('It is not there');
      return next(specifier, context);
    },
  });
  const { createGateway, readConfig } = await import(process.argv[1]);
  const { config } = await readConfig({ file: process.argv[2], env: {} });
  let log = '';
  const gateway = await createGateway(config, { logDestination: { write: (line) => (log += line) } });
  const url = await gateway.listen();
  const page = await fetch(url + '/graphql', { headers: { accept: 'text/html' } });
  const answer = await fetch(url + '/graphql?query={hello}');
  console.log(JSON.stringify({ page: await page.text(), answer: await answer.text(), log }));
  await gateway.close();
`;

test('where GraphiQL cannot be loaded, its page says so, and the log why', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-loaded-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'graph.graphql'), 'type Query { hello: String }');
  await writeFile(join(folder, 'resolvers.js'), 'export default { Query: { hello: () => "world" } };');
  const graph = { kind: 'local', schema: 'graph.graphql', resolvers: 'resolvers.js' };
  await writeFile(join(folder, 'graph.json'), JSON.stringify(graph));
  const main = { server: { port: 0 }, graphql: { graphiql: true }, upstreams: ['graph.json'] };
  await writeFile(join(folder, 'gateway.json'), JSON.stringify(main));
  const index = join(import.meta.dirname, '../../src/index.ts');
  const file = join(folder, 'gateway.json');
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', WITHOUT_GRAPHIQL, index, file]);
  const { page, answer, log } = JSON.parse(stdout) as { page: string; answer: string; log: string };
  assert.match(page, /GraphiQL cannot be loaded/);
  assert.doesNotMatch(page, /It is not there|node_modules|\n\s+at /);
  assert.match(log, /"level":50.*It is not there.*"msg":"Cannot load GraphiQL"/);
  assert.deepEqual(JSON.parse(answer), { data: { hello: 'world' } });
});
