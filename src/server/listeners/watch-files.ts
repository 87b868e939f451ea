import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';

/** What follows within this time is one change: certificate and key are written one after the other. */
const SETTLE_MS = 100;
/** Where a file system tells of no changes, such as some that are shared over a network. */
const POLL_MS = 60_000;

/**
 * Calls back after files may have changed, and now and then without cause. Folders are watched, since files are replaced by
 * renaming, also a link on the way to them. Keeps no process alive.
 * @returns ends it.
 */
export function watchFiles(files: readonly string[], onChange: () => void): () => void {
  let settling: NodeJS.Timeout | undefined;
  const onEvent = (): void => {
    clearTimeout(settling);
    settling = setTimeout(onChange, SETTLE_MS);
    settling.unref();
  };
  const watchers = [...new Set(files.map(dirname))].flatMap((folder) => watchFolder(folder, onEvent));
  const poll = setInterval(onChange, POLL_MS);
  poll.unref();
  return () => {
    clearTimeout(settling);
    clearInterval(poll);
    for (const watcher of watchers) watcher.close();
  };
}

/** None where the system has no watches left: polling goes on. */
function watchFolder(folder: string, onEvent: () => void): FSWatcher[] {
  try {
    const watcher = watch(folder, { persistent: false }, onEvent);
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}
