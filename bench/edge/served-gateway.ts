import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A gateway in a process of its own, on core 1. */
export interface ServedGateway {
  readonly url: string;
  /** CPU time of all its threads so far, microseconds. */
  cpuUs(): Promise<number>;
  stop(): Promise<void>;
}

/** A young generation of 32 MB saves collections under load. */
const FLAGS = ['--max-semi-space-size=32'];

/** @throws {Error} where it does not start. */
export async function serveGateway(config: string): Promise<ServedGateway> {
  const program = [process.execPath, ...FLAGS, join(import.meta.dirname, 'serve.ts'), config];
  const child = spawn('taskset', ['-c', '1', ...program], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const { url } = (await nextMessage(child)) as { url: string };
  return {
    url,
    async cpuUs() {
      const answer = nextMessage(child);
      child.send('cpu');
      return ((await answer) as { cpuUs: number }).cpuUs;
    },
    async stop() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const ending = new AbortController();
  const { signal } = ending;
  try {
    const message = once(child, 'message', { signal }).then(([content]) => content);
    const exit = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`Cannot measure the gateway: it ended with ${code}`);
    });
    exit.catch(() => {});
    return await Promise.race([message, exit]);
  } finally {
    ending.abort();
  }
}
