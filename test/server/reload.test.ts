import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { createGateway, readConfig } from '../../src/index.ts';
import { poll } from '../e2e/poll.ts';
import { RedisServer, skipRedis } from '../redis-server.ts';
import { startServer } from '../transport/recording-server.ts';

const SDL = 'type Query { hello: String }';

type Sections = Readonly<Record<string, unknown>>;

/** A gateway whose graph is that of one service with a health check. */
async function start(t: TestContext, sections: Sections = {}) {
  const service = await startServer(t, (request, response) => {
    if (request.url === '/slow') return;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: { hello: 'world', _service: { sdl: SDL } } }));
  });
  const folder = await mkdtemp(join(tmpdir(), 'weir-reload-'));
  const log: Record<string, unknown>[] = [];
  const read = async (url: string, { server, upstreams: more, ...others }: Sections = {}) => {
    const health = { path: '/health', interval: '100ms', jitter: 0 };
    const upstream = { kind: 'graphql', url, federation: true, health, retry: false };
    await writeFile(join(folder, 'greeting.json'), JSON.stringify(upstream));
    const upstreams = ['greeting.json', ...((more as string[] | undefined) ?? [])];
    const written = { server: { port: 0, ...(server as object) }, ...others, upstreams };
    await writeFile(join(folder, 'gateway.json'), JSON.stringify(written));
    const { config, errors } = await readConfig({ file: join(folder, 'gateway.json'), env: {} });
    if (config === undefined) throw new Error(JSON.stringify(errors));
    return config;
  };
  const gateway = await createGateway(await read(service.url, sections), {
    logDestination: { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const url = await gateway.listen();
  t.after(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    service,
    url,
    folder,
    log,
    reload: async (to: string, next?: Sections) => gateway.reload(await read(to, next)),
    checks: () => service.requests.filter(({ url: path }) => path === '/health').length,
    ask: async (path = '/graphql') => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url + path, { method: 'POST', headers, body: '{"query":"{ hello }"}' });
      return { status: response.status, text: await response.text() };
    },
  };
}

describe('a reload', { timeout: 60_000 }, () => {
  it('that is refused leaves the checks of the generation in service going', async (t) => {
    const { service, checks, reload, ask } = await start(t);
    await poll(
      async () => checks(),
      (count) => count > 0,
    );
    assert.match((await reload('http://127.0.0.1:1')) ?? '', /greeting/);
    const before = checks();
    await poll(
      async () => checks(),
      (count) => count > before + 2,
    );
    assert.match((await ask()).text, /world/);
    // And one that is served takes them over.
    assert.equal(await reload(service.url, { graphql: { path: '/api' } }), undefined);
    const after = checks();
    await poll(
      async () => checks(),
      (count) => count > after + 2,
    );
    assert.equal((await ask('/graphql')).status, 404);
    assert.match((await ask('/api')).text, /world/);
  });

  it('tells which keys need a restart, as they are written', async (t) => {
    const { service, log, reload } = await start(t, { server: { headers_timeout: '5s' } });
    const told = () => log.filter(({ msg }) => /next start/.test(String(msg))).map(({ level, keys }) => [level, keys]);
    await reload(service.url, {
      server: { headers_timeout: '5s', request_timeout: '9s', trusted_proxies: ['10.0.0.0/8'] },
    });
    assert.deepEqual(told(), []);
    const listeners = [{ name: 'web', port: 0 }];
    await reload(service.url, {
      server: { port: undefined, listeners, max_headers_size: '16KiB' },
      telemetry: { log_level: 'debug' },
    });
    assert.deepEqual(told(), [
      [
        40,
        ['server.port', 'server.listeners', 'server.headers_timeout', 'server.max_headers_size', 'telemetry.log_level'],
      ],
    ]);
  });

  it('puts the time that requests may take into service', async (t) => {
    const routes = [{ name: 'slow', match: { path: '/slow' }, upstream: 'greeting' }];
    const { service, url, reload } = await start(t, { routes });
    await reload(service.url, { routes, server: { request_timeout: '60ms' } });
    assert.equal((await fetch(`${url}/slow`)).status, 504);
  });

  it('that fails half way leaves nothing open', { skip: skipRedis }, async (t) => {
    const redis = await RedisServer.start();
    t.after(() => redis.close());
    const watcher = new Redis(redis.url);
    t.after(() => watcher.disconnect());
    const { service, folder, reload, ask } = await start(t);
    await writeFile(join(folder, 'code.graphql'), 'type Query { code: String }');
    await writeFile(join(folder, 'code.ts'), 'throw new Error("not today");');
    await writeFile(
      join(folder, 'code.json'),
      JSON.stringify({ kind: 'local', schema: 'code.graphql', resolvers: 'code.ts' }),
    );
    await writeFile(join(folder, 'super.graphql'), 'type Query { code: String }');
    const routes = [{ name: 'kept', match: { path: '/kept' }, upstream: 'greeting', cache: true }];
    const failing = {
      routes,
      supergraph: { source: 'super.graphql' },
      cache: { redis: redis.url },
      upstreams: ['code.json'],
    };
    await assert.rejects(reload(service.url, failing), /not today/);
    const others = async () =>
      String(await watcher.client('LIST'))
        .trim()
        .split('\n').length - 1;
    assert.match(String(await watcher.info('stats')), /total_connections_received:[2-9]/);
    await poll(others, (count) => count === 0);
    assert.match((await ask()).text, /world/);
  });
});
