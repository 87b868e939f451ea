import { lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';

/**
 * Makes the place of a unix socket free: a socket that nobody listens on any more, as a killed process leaves it, is removed.
 * @throws {Error} where something else is there, or somebody listens on it.
 */
export async function clearSocketPath(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error('something that is no socket is there');
  if (await isAnswered(path)) throw new Error('another process listens there');
  unlinkSync(path);
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    // One that may not be connected to is still somebody's.
    socket.once('error', ({ code }: NodeJS.ErrnoException) => end(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}
