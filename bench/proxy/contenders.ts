/** How each proxy is started in front of one origin; `@fastify/http-proxy` is installed from `bench/rivals/` when it is first needed. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { builtWeir } from '../harness/built-weir.ts';
import type { PinnedCommand } from '../harness/pinned-process.ts';
import { hasCommand } from './has-command.ts';
import { nginxConf } from './nginx-conf.ts';

const root = join(import.meta.dirname, '../..');
/** What `docs/listeners.md` says of a process with a core to itself; every Node process gets it. */
const OF_ONE_CORE = [
  '--v8-pool-size=1',
  '--min-semi-space-size=16',
  '--max-semi-space-size=32',
  '--use-largepages=silent',
];
/**
 * Where the main thread has real-time priority (see `main.ts`), it stood still now and then for 50 ms while a helper that collects garbage had
 * the core. CPU time is the same without such helpers, and so are collections of the young generation; full ones take twice as long.
 */
const FLAGS = [...OF_ONE_CORE, '--single-threaded-gc'];
/** Routes beside the one that is asked for: matching is to be part of the cost. */
const OTHER_ROUTES = 200;

export interface ProxyContender {
  readonly name: string;
  /** Why it cannot run here; `undefined`: it can. */
  readonly missing: string | undefined;
  command(folder: string, originPort: number, port: number): Omit<PinnedCommand, 'core' | 'probe' | 'url'>;
}

const needs = (program: string): string | undefined =>
  hasCommand(program) ? undefined : `"${program}" is not installed`;

/** With routing, request id, access log and metrics, as anyone runs it. */
const startWeir =
  (name: string, keys: object): ProxyContender['command'] =>
  (folder, originPort, port) => {
    const directory = join(folder, name);
    mkdirSync(join(directory, 'upstreams'), { recursive: true });
    writeFileSync(
      join(directory, 'upstreams/origin.yaml'),
      stringify({ kind: 'http', url: `http://127.0.0.1:${originPort}` }),
    );
    const other = Array.from({ length: OTHER_ROUTES }, (_, i) => ({
      name: `other-${i}`,
      match: { path: `/other-${i}/{id}` },
      upstream: 'origin',
    }));
    const routes = [...other, { name: 'items', match: { path: '/items/{id}' }, upstream: 'origin', ...keys }];
    writeFileSync(
      join(directory, 'gateway.yaml'),
      stringify({ server: { port, host: '127.0.0.1' }, upstreams: ['upstreams/origin.yaml'], routes }),
    );
    return {
      command: process.execPath,
      args: [...FLAGS, builtWeir(), 'start', '--config', join(directory, 'gateway.yaml')],
      cwd: directory,
      env: { NODE_ENV: 'production' },
      log: join(directory, 'access.log'),
    };
  };

const weir: ProxyContender = { name: 'Weir', missing: undefined, command: startWeir('weir', {}) };

const cachingWeir: ProxyContender = {
  name: 'Weir (cache hit)',
  missing: undefined,
  command: startWeir('weir-cache', { cache: { default_ttl: '1h' } }),
};

const upstreamOf = (port: number) => `upstream origin { server 127.0.0.1:${port}; keepalive 128; }`;
const PASS = 'proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";';

const nginx: ProxyContender = {
  name: 'NGINX',
  missing: needs('nginx'),
  command(folder, originPort, port) {
    const file = join(folder, 'nginx.conf');
    writeFileSync(file, nginxConf(folder, 'nginx', `location / { ${PASS} }`, port, upstreamOf(originPort)));
    return { command: 'nginx', args: ['-c', file] };
  },
};

const loggingNginx: ProxyContender = {
  name: 'NGINX (request id, access log)',
  missing: needs('nginx'),
  command(folder, originPort, port) {
    const file = join(folder, 'nginx-log.conf');
    const log = `access_log ${folder}/nginx-log.access combined buffer=64k flush=1s;`;
    const server = `location / { ${log} ${PASS} proxy_set_header X-Request-ID $request_id; add_header X-Request-ID $request_id; }`;
    writeFileSync(file, nginxConf(folder, 'nginx-log', server, port, upstreamOf(originPort)));
    return { command: 'nginx', args: ['-c', file] };
  },
};

const cachingNginx: ProxyContender = {
  name: 'NGINX (cache hit, access log)',
  missing: needs('nginx'),
  command(folder, originPort, port) {
    const file = join(folder, 'nginx-cache.conf');
    const log = `access_log ${folder}/nginx-cache.access combined buffer=64k flush=1s;`;
    const server = `location / { ${log} ${PASS} proxy_cache kept; proxy_cache_valid 200 1h; }`;
    const http = `proxy_cache_path ${folder}/nginx-kept keys_zone=kept:10m; ${upstreamOf(originPort)}`;
    writeFileSync(file, nginxConf(folder, 'nginx-cache', server, port, http));
    return { command: 'nginx', args: ['-c', file] };
  },
};

const haproxy: ProxyContender = {
  name: 'HAProxy',
  missing: needs('haproxy'),
  command(folder, originPort, port) {
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(
      file,
      `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend in
  bind 127.0.0.1:${port}
  default_backend origin
backend origin
  server one 127.0.0.1:${originPort}
`,
    );
    return { command: 'haproxy', args: ['-db', '-f', file] };
  },
};

const fastify: ProxyContender = {
  name: '@fastify/http-proxy',
  missing: undefined,
  command(_folder, originPort, port) {
    const cwd = join(root, 'bench/rivals/fastify-http-proxy');
    if (!existsSync(join(cwd, 'node_modules')))
      execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd, stdio: 'inherit' });
    return {
      command: process.execPath,
      args: [...FLAGS, join(cwd, 'serve.mjs')],
      cwd,
      env: { UPSTREAM: `http://127.0.0.1:${originPort}`, PORT: String(port), NODE_ENV: 'production' },
    };
  },
};

export const CONTENDERS: readonly ProxyContender[] = [
  ...[weir, nginx, loggingNginx, haproxy, fastify],
  ...[cachingWeir, cachingNginx],
];
