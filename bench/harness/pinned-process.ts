import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';

/** A server under test, alone on its core. */
export interface PinnedProcess {
  readonly url: string;
  /** User and system CPU time so far of the process and its threads, milliseconds. */
  cpuMs(): number;
  /** Has its main thread run before all else on its core (SCHED_FIFO). @returns Whether that was allowed. */
  runFirst(): boolean;
  /** Takes all processor time from it until {@link resume}: what it does while idle is in nobody's way. */
  pause(): void;
  resume(): void;
  /** Peak resident set, mebibytes. */
  peakMiB(): number;
  stop(): Promise<void>;
}

export interface PinnedCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly core: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** File that its standard output goes to; default: kept for the message where it does not start. */
  readonly log?: string;
  /** Answers 2xx to GET when the process is ready, or to `probe`. */
  readonly url: string;
  readonly probe: () => Promise<boolean>;
}

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Starts a process on one core and waits until it answers. @throws {Error} with its output if it ends before. */
export async function startPinned(command: PinnedCommand): Promise<PinnedProcess> {
  const child = spawn('taskset', ['-c', String(command.core), command.command, ...command.args], {
    cwd: command.cwd,
    env: { ...process.env, ...command.env },
    stdio: ['ignore', command.log === undefined ? 'pipe' : openSync(command.log, 'w'), 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => (output = (output + chunk.toString('latin1')).slice(-4_000));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  for (let waited = 0; !(await command.probe().catch(() => false)); waited += 100) {
    if (child.exitCode !== null || waited > 60_000) {
      child.kill('SIGKILL');
      throw new Error(`Cannot start "${command.command} ${command.args.join(' ')}": it does not answer.\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { pid } = child;
  if (pid === undefined) throw new Error(`Cannot start "${command.command}"`);
  return {
    url: command.url,
    cpuMs() {
      // proc_pid_stat(5): utime and stime are fields 14 and 15; the name before them may hold spaces.
      const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
      return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
    },
    runFirst: () => spawnSync('chrt', ['-f', '-p', '1', String(pid)]).status === 0,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    peakMiB: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1_024,
    stop: () => stop(child),
  };
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 3_000).unref();
  });
}
