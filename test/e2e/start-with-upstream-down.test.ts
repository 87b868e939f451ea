import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { startAccounts } from '../../examples/services/accounts.ts';
import { postGraphql } from '../shop/post-graphql.ts';
import { poll } from './poll.ts';

const CLI = new URL('../../src/cli/weir.ts', import.meta.url).pathname;

interface Started {
  readonly url: string;
  stop(): Promise<void>;
}

describe('weir start, as a process of its own', () => {
  let folder = '';
  let port = 0;
  const children: ChildProcess[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-down-'));
    const service = await startAccounts({});
    port = Number(new URL(service.url).port);
    await writeFile(
      join(folder, 'gateway.yaml'),
      'server: { port: 0 }\nsupergraph: { retry_interval: 100ms }\nupstreams: [accounts.yaml]\n',
    );
    await writeFile(join(folder, 'accounts.yaml'), `kind: graphql\nurl: ${service.url}\nbreaker: { open: 100ms }\n`);
    const first = await start();
    assert.equal((await ask(first.url)).data?.user?.id, 'u1');
    await first.stop();
    await service.close();
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  async function start(): Promise<Started> {
    const child = spawn(process.execPath, [CLI, 'start'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    for await (const line of createInterface({ input: child.stdout })) {
      const { msg, url } = JSON.parse(line) as { msg: string; url: string };
      if (msg !== 'Weir is ready') continue;
      child.stdout.resume();
      return {
        url,
        async stop() {
          child.kill('SIGTERM');
          await once(child, 'exit');
        },
      };
    }
    throw new Error('It ended before it was ready');
  }

  const ask = (url: string) =>
    postGraphql<{ user: { id: string } | null }>(`${url}/graphql`, '{ user(id: "u1") { id } }');
  const stateOf = async (url: string) => {
    const { status, upstreams } = (await (await fetch(`${url}/readyz`)).json()) as {
      status: string;
      upstreams: { state: string }[];
    };
    return [status, ...upstreams.map(({ state }) => state)];
  };

  it('serves the last good schema of an upstream that is down, and the upstream again when it is back', async () => {
    const gateway = await start();
    assert.deepEqual(await stateOf(gateway.url), ['degraded', 'pinned']);
    const { data, errors } = await ask(gateway.url);
    assert.deepEqual([data, errors?.[0]?.extensions?.code], [{ user: null }, 'UPSTREAM_UNAVAILABLE']);
    const service = await startAccounts({ port });
    await poll(
      () => stateOf(gateway.url),
      ([status]) => status === 'ready',
    );
    await poll(
      () => ask(gateway.url),
      ({ data }) => data?.user?.id === 'u1',
    );
    await gateway.stop();
    await service.close();
  });

  it('starts without any schema, is not ready, and serves what joins', async () => {
    await rm(join(folder, '.weir'), { recursive: true });
    const gateway = await start();
    assert.equal((await fetch(`${gateway.url}/readyz`)).status, 503);
    assert.deepEqual(await stateOf(gateway.url), ['failed', 'absent']);
    const service = await startAccounts({ port });
    await poll(
      () => ask(gateway.url),
      ({ data }) => data?.user?.id === 'u1',
    );
    await gateway.stop();
    await service.close();
  });
});
