import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const WEIR = fileURLToPath(new URL('../../../src/cli/weir.ts', import.meta.url));

/** A gateway in a process of its own. */
export interface GatewayProcess {
  readonly origin: string;
  /** Ends it as an operator would. @returns its exit code. */
  stop(): Promise<number | null>;
}

/**
 * Starts `weir start` on a file and waits until it listens.
 * @param clockOffsetMs How far its clocks are from the true time.
 */
export async function startGatewayProcess(file: string, clockOffsetMs = 0): Promise<GatewayProcess> {
  const preload = clockOffsetMs === 0 ? [] : ['--import', join(import.meta.dirname, 'shift-clocks.ts')];
  const child = spawn(process.execPath, [...preload, WEIR, 'start', '--config', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TEST_CLOCK_OFFSET_MS: String(clockOffsetMs) },
  });
  return { origin: await readOrigin(child), stop: () => stop(child) };
}

async function readOrigin(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const output: string[] = [];
  lines.on('line', (line) => {
    output.push(line);
    const { url, msg } = JSON.parse(line) as { url?: string; msg?: string };
    if (msg === 'Weir is ready' && url !== undefined) resolve(url);
  });
  child.once('exit', (code) => reject(new Error(`The gateway ended with ${code}: ${output.join('\n')}`)));
  return promise;
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  return (await exited)[0] as number | null;
}
