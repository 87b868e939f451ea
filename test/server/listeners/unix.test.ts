import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { recording, serve } from './serve.ts';

describe('a unix socket', { skip: process.platform === 'win32' }, () => {
  it('is listened on, with the mode that says who may connect, and gone afterwards', async (t) => {
    const path = pathFor(t);
    const { listeners } = await serve(
      t,
      { listeners: [{ name: 'local', unix: path, mode: '0600' }] },
      { request: recording([]) },
    );
    assert.equal(listeners.addresses[0]?.url, `unix:${path}`);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(await ask(path), 200);
    await listeners.close();
    assert.equal(existsSync(path), false);
  });

  it('may carry HTTP/1.1 beside HTTP/2', async (t) => {
    const path = pathFor(t);
    await serve(t, { listeners: [{ name: 'local', unix: path, http2: true }] }, { request: recording([]) });
    assert.equal(await ask(path), 200);
  });

  it('that nobody listens on any more is replaced', async (t) => {
    const path = pathFor(t);
    // As a killed process leaves it: what is bound is gone, its name stays.
    execFileSync(process.execPath, ['-e', LISTEN_AND_DIE, path]);
    assert.equal(existsSync(path), true);
    await serve(t, { listeners: [{ name: 'local', unix: path }] }, { request: recording([]) });
    assert.equal(await ask(path), 200);
  });

  it('of another process, or something that is none, stays, and the gateway says why it cannot start', async (t) => {
    const path = pathFor(t);
    await serve(t, { listeners: [{ name: 'local', unix: path }] }, { request: recording([]) });
    const again = serve(t, { listeners: [{ name: 'local', unix: path }] }, { request: recording([]) });
    await assert.rejects(again, /Cannot open the listener "local" on .*weir\.sock: another process listens there/);
    assert.equal(await ask(path), 200);
    const file = `${path}.txt`;
    writeFileSync(file, 'mine');
    const over = serve(t, { listeners: [{ name: 'local', unix: file }] }, { request: recording([]) });
    await assert.rejects(over, /something that is no socket is there/);
    assert.equal(existsSync(file), true);
  });
});

describe('several listeners', () => {
  it('are opened all or none', async (t) => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    t.after(() => taken.close());
    const { port } = taken.address() as { port: number };
    const path = pathFor(t);
    const listeners = [
      { name: 'local', unix: path },
      { name: 'web', port },
    ];
    await assert.rejects(
      serve(t, { listeners }, { request: recording([]) }),
      new RegExp(`Cannot open the listener "web" on 127\\.0\\.0\\.1:${port}: EADDRINUSE`),
    );
    assert.equal(existsSync(path), false);
  });
});

const LISTEN_AND_DIE = "require('net').createServer().listen(process.argv[1], () => process.reallyExit(0))";

function pathFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-unix-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'weir.sock');
}

function ask(socketPath: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path: '/', agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    });
    outgoing.on('error', reject).end();
  });
}
