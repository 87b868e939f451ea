import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The gateway as a process of its own; its log goes to this process's output. */
export interface GatewayProcess {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Fulfilled when the process has ended, with how. */
  readonly ended: Promise<string>;
  /** Waits until it can serve. Rejects if it ends before, or after `timeoutMs`. */
  waitUntilReady(timeoutMs: number): Promise<void>;
  /** Lets it finish what is in flight; kills it after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export interface GatewayProcessOptions {
  port: number;
  /** Added to the environment. */
  env: Readonly<Record<string, string>>;
}

const CLI = fileURLToPath(new URL('../src/cli/weir.ts', import.meta.url));
const CONFIG = fileURLToPath(new URL('../gateway.yaml', import.meta.url));

export function startGatewayProcess({ port, env }: GatewayProcessOptions): GatewayProcess {
  const child = spawn(process.execPath, [CLI, 'start', '--config', CONFIG, '--port', String(port)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const origin = `http://127.0.0.1:${port}`;
  // Whatever ends this process ends the gateway too.
  const killWithParent = () => child.kill();
  process.once('exit', killWithParent);
  child.once('exit', () => process.off('exit', killWithParent));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not start: ${error.message}`));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
    );
  });

  return {
    origin,
    ended,
    async waitUntilReady(timeoutMs) {
      const ready = new AbortController();
      try {
        const failure = await Promise.race([pollReadiness(origin, timeoutMs, ready.signal), ended]);
        if (failure !== undefined) throw new Error(`The gateway ${failure}`);
      } finally {
        ready.abort();
      }
    },
    async stop(graceMs) {
      if (hasEnded()) return;
      const exit = once(child, 'exit');
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
      child.kill('SIGTERM');
      await exit;
      clearTimeout(kill);
    },
  };
}

/** Asks `/readyz`, first every 50 ms and later every second; gives what went wrong, or nothing. */
async function pollReadiness(origin: string, timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
  const endMs = performance.now() + timeoutMs;
  for (let waitMs = 50; performance.now() < endMs; waitMs = Math.min(waitMs * 1.5, 1000)) {
    try {
      const response = await fetch(`${origin}/readyz`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(2000)]),
      });
      await response.body?.cancel();
      if (response.ok) return undefined;
    } catch {
      if (signal.aborted) return undefined;
    }
    await delay(waitMs, undefined, { signal }).catch(() => undefined);
  }
  return signal.aborted ? undefined : `is not ready after ${timeoutMs / 1000} s`;
}
