import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { dial, readText } from '../server/listeners/serve.ts';

const WEIR = join(import.meta.dirname, '../../src/cli/weir.ts');

describe('weir start, told to stop', { timeout: 60_000 }, () => {
  it('fails readiness while it still serves, and ends with 0 where nobody was cut', async (t) => {
    const { child, web, admin } = await start(t, { shutdown_delay: '1s' });
    assert.equal((await fetch(`${admin}/readyz`)).status, 200);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    let status = 200;
    while (status === 200) status = (await fetch(`${admin}/readyz`)).status;
    assert.equal(status, 503);
    const answer = await fetch(`${web}/orders`);
    assert.deepEqual([answer.status, answer.headers.get('connection')], [200, 'close']);
    assert.deepEqual(await exited, [0, null]);
    await assert.rejects(fetch(`${web}/orders`));
  });

  it('waits for a request in flight', async (t) => {
    const { child, web, held } = await start(t, {});
    const pending = fetch(`${web}/held`);
    while (held.length === 0) await new Promise(setImmediate);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    // From here on nobody is taken any more.
    for (;;)
      if (
        await fetch(`${web}/orders`).then(
          () => false,
          () => true,
        )
      )
        break;
    held[0]?.end('late');
    assert.equal(await (await pending).text(), 'late');
    assert.deepEqual(await exited, [0, null]);
  });

  it('ends with 2 where it had to cut one', async (t) => {
    const { child, web, held } = await start(t, { shutdown_grace: '100ms' });
    const socket = dial(t, Number(new URL(web).port));
    socket.write('GET /held HTTP/1.1\r\nHost: shop.test\r\n\r\n');
    while (held.length === 0) await new Promise(setImmediate);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    assert.equal(await readText(socket), '');
    assert.deepEqual(await exited, [2, null]);
  });
});

/** A process of its own with a listener for the public and one for administrators. `/held` waits. */
async function start(
  t: TestContext,
  settings: Readonly<Record<string, string>>,
): Promise<{ child: ChildProcess; web: string; admin: string; held: ServerResponse[] }> {
  const held: ServerResponse[] = [];
  const origin = createServer((request, response) => {
    if (request.url === '/held') held.push(response);
    else response.end('orders');
  });
  await once(origin.listen(0, '127.0.0.1'), 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'weir-stop-'));
  const upstream = { kind: 'http', url: `http://127.0.0.1:${(origin.address() as AddressInfo).port}` };
  await writeFile(join(folder, 'orders.json'), JSON.stringify(upstream));
  const main = {
    server: {
      ...settings,
      listeners: [
        { name: 'web', port: 0 },
        { name: 'admin', purpose: 'admin', port: 0 },
      ],
    },
    upstreams: ['orders.json'],
    routes: [{ name: 'orders', match: { path: '/**' }, upstream: 'orders' }],
  };
  await writeFile(join(folder, 'gateway.json'), JSON.stringify(main));
  const child = spawn(process.execPath, [WEIR, 'start', '--config', join(folder, 'gateway.json')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(async () => {
    if (child.exitCode === null) child.kill('SIGKILL');
    origin.closeAllConnections();
    origin.close();
    await rm(folder, { recursive: true, force: true });
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { listeners } = JSON.parse(line) as { listeners?: { url: string }[] };
    if (listeners === undefined) continue;
    child.stdout.resume();
    const [web = '', admin = ''] = listeners.map(({ url }) => url);
    return { child, web, admin, held };
  }
  throw new Error('It did not start');
}
