import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PinnedCommand } from '../harness/pinned-process.ts';
import { hasCommand } from './has-command.ts';

/** What the origin answers: a small JSON object, as most services do. */
export const ORIGIN_BODY: string = JSON.stringify({
  id: '0190a0b0-0000-7000-8000-000000000001',
  name: 'A kettle of brushed steel',
  price: { amount: '129.90', currency: 'EUR' },
  stock: 12,
  tags: ['kitchen', 'steel', 'new'],
  description: 'Boils a litre of water in three minutes and then stops by itself.',
});

/** The service behind all proxies: nginx where it is installed, since it costs least, otherwise Node. */
export function originCommand(folder: string, port: number): Omit<PinnedCommand, 'core' | 'url' | 'probe'> {
  if (!hasCommand('nginx')) {
    const program = `require('node:http').createServer((_, response) => response.writeHead(200, { 'content-type': 'application/json', 'content-length': ${ORIGIN_BODY.length} }).end(${JSON.stringify(ORIGIN_BODY)})).listen(${port}, '127.0.0.1')`;
    return { command: process.execPath, args: ['-e', program] };
  }
  const file = join(folder, 'origin.conf');
  writeFileSync(
    file,
    nginxConf(folder, 'origin', `location / { default_type application/json; return 200 '${ORIGIN_BODY}'; }`, port),
  );
  return { command: 'nginx', args: ['-c', file] };
}

/** A configuration of nginx as a single process that writes below `folder` alone. */
export function nginxConf(folder: string, name: string, server: string, port: number, http = ''): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${name}-${kind};`)
    .join(' ');
  return `daemon off; master_process off; pid ${folder}/${name}.pid; error_log ${folder}/${name}.err;
events { worker_connections 4096; }
http {
  ${temporary}
  access_log off; keepalive_requests 1000000000; keepalive_timeout 65s;
  ${http}
  server { listen 127.0.0.1:${port} backlog=4096; ${server} }
}
`;
}
