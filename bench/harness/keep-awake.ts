import { spawn } from 'node:child_process';

/**
 * Keeps a core from resting, by a loop that gives way to everything else at once (SCHED_IDLE). A virtual machine gives a core that
 * rests back to its host, which may let it wait for milliseconds before it runs again: that is no property of what is measured.
 * @param forSeconds Ends it, should nobody else do so.
 * @returns What ends it.
 */
export function keepAwake(core: number, forSeconds: number): () => void {
  const loop = ['chrt', '--idle', '0', 'taskset', '-c', String(core), 'sh', '-c', 'while :; do :; done'];
  const child = spawn('timeout', [String(forSeconds), ...loop], { stdio: 'ignore' });
  return () => child.kill();
}
