/** Loaded before every test file. */
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import fc from 'fast-check';

/**
 * Properties ask the same random questions in each run. Another seed asks others, and a failure under it is a fault:
 * `SEED=7 npm test`.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.SEED ?? 20_261_124) });

/** Programs that a test started end with it, also when the test fails before it can stop them. */
const children = new Set<ChildProcess>();
subscribe('child_process', (message) => {
  const { process: child } = message as { process: ChildProcess };
  children.add(child);
  child.once('exit', () => children.delete(child));
});
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** A file that something keeps from ending fails, and does not hold up the others. */
const LONGEST_MS = 300_000;
setTimeout(() => {
  console.error(`Not ended after ${LONGEST_MS} ms; still open: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit(1);
}, LONGEST_MS).unref();
