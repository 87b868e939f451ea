import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from './clock.ts';

/** Where a supergraph that was composed elsewhere comes from. */
export interface SupergraphSource {
  /** For messages. */
  readonly location: string;
  /**
   * @returns The text; `undefined` where it is known to be the same as the one that was read before.
   * @throws {Error} Where it cannot be read.
   */
  read(signal: AbortSignal): Promise<string | undefined>;
  /** Calls back when it may have changed, until the returned function is called. */
  watch(onChange: () => void): () => void;
}

/**
 * A file, watched, or an HTTP URL; both are read again at an interval too.
 *
 * @param location URL with `http:` or `https:`, otherwise the path of a file.
 * @param pollIntervalMs Milliseconds, > 0.
 */
export function openSupergraphSource(location: string, pollIntervalMs: number, clock: Clock): SupergraphSource {
  return /^https?:/i.test(location)
    ? openUrl(location, pollIntervalMs, clock)
    : openFile(path.resolve(location), pollIntervalMs, clock);
}

function openUrl(url: string, pollIntervalMs: number, clock: Clock): SupergraphSource {
  let etag: string | undefined;
  return {
    location: url,
    async read(signal) {
      const headers = { accept: 'text/plain, application/graphql, */*', ...(etag && { 'if-none-match': etag }) };
      const response = await fetch(url, { headers, signal });
      const text = await response.text();
      if (response.status === 304 && etag !== undefined) return undefined;
      if (!response.ok) throw new Error(`The server answered with status ${response.status}`);
      etag = response.headers.get('etag') ?? undefined;
      return text;
    },
    watch: (onChange) => poll(onChange, pollIntervalMs, clock),
  };
}

function poll(onChange: () => void, intervalMs: number, clock: Clock): () => void {
  let cancel = () => {};
  const plan = () => {
    cancel = clock.after(intervalMs, () => {
      plan();
      onChange();
    });
  };
  plan();
  return () => cancel();
}

/** Editors write a file in several steps; the first of them is waited out. */
const SETTLE_MS = 50;

function openFile(file: string, pollIntervalMs: number, clock: Clock): SupergraphSource {
  return {
    location: file,
    read: (signal) => readFile(file, { encoding: 'utf8', signal }),
    watch(onChange) {
      let cancelSettling: (() => void) | undefined;
      // The folder, not the file: replacing a file by renaming, as editors and mounted configuration do, ends a watch on it.
      const watcher = watchFolder(path.dirname(file), () => {
        cancelSettling?.();
        cancelSettling = clock.after(SETTLE_MS, onChange);
      });
      // Network file systems do not notify.
      const stopPolling = poll(onChange, pollIntervalMs, clock);
      return () => {
        cancelSettling?.();
        stopPolling();
        watcher?.close();
      };
    },
  };
}

/** @returns `undefined` where the folder cannot be watched. */
function watchFolder(folder: string, onEvent: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, onEvent).on('error', onEvent);
  } catch {
    return undefined;
  }
}
