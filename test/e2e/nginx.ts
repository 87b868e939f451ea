import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { findFreePort } from '../free-port.ts';
import { poll } from './poll.ts';

const NGINX = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'].find(
  existsSync,
);

/** Why tests with NGINX are left out; `false`: it is there. */
export const nginxIsMissing = NGINX === undefined ? 'there is no nginx on this machine' : false;

/** NGINX before a service: it reads whole requests, in its own way, and sends them on. @returns its URL. */
export async function startNginx(t: TestContext, upstreamPort: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-nginx-'));
  const port = await findFreePort();
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const config = `
    daemon off; master_process off; error_log stderr crit; pid ${folder}/nginx.pid;
    events {}
    http {
      access_log off; ${paths.join(' ')}
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://127.0.0.1:${upstreamPort};
          proxy_http_version 1.1;
          proxy_set_header Connection "";
        }
      }
    }`;
  await writeFile(join(folder, 'nginx.conf'), config);
  const nginx = spawn(NGINX as string, ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'inherit' });
  const exited = once(nginx, 'exit');
  t.after(async () => {
    nginx.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  });
  await Promise.race([
    poll(() => accepts(port), Boolean),
    exited.then(([code]) => Promise.reject(new Error(`nginx ended with ${code}`))),
  ]);
  return `http://127.0.0.1:${port}`;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
