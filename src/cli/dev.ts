import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import { formatConfigErrors } from '../config/config-error.ts';
import { findConfigFile } from '../config/find-config-file.ts';
import { readConfig } from '../config/read-config.ts';
import { createGateway } from '../gateway.ts';
import { type ConfigOptions, readConfigOrExit } from './read-config-or-exit.ts';
import { outliveRejections, stopOnSignal } from './start.ts';

/** Editors save in several steps; what follows within this time is one change. */
const SETTLE_MS = 80;

/** `weir dev` */
export async function dev(options: ConfigOptions): Promise<void> {
  const first = await readConfigOrExit(options);
  let problem: string | undefined;
  const gateway = await createGateway(first.config, { devProblem: () => problem });
  await gateway.listen();

  const follow = async (): Promise<void> => {
    const { config: named, ...overrides } = options;
    const file = named ?? (await findConfigFile(process.cwd()));
    const result = await readConfig({ file, env: process.env, overrides });
    files.follow(result.files);
    problem = result.errors && formatConfigErrors(result.errors, process.cwd());
    if (result.config !== undefined) problem = await gateway.reload(result.config);
    process.stderr.write(problem === undefined ? 'The change is served\n' : `${problem}\nThe graph in service stays\n`);
  };
  let queue = Promise.resolve();
  const files = followFiles(() => {
    queue = queue.then(follow).catch((error: unknown) => process.stderr.write(`${error}\n`)) as Promise<void>;
  });
  files.follow(first.files);
  outliveRejections(gateway.logger);
  stopOnSignal(async () => {
    files.close();
    return gateway.close();
  });
}

interface FollowedFiles {
  follow(files: readonly string[]): void;
  close(): void;
}

/** Calls back after any of the files has changed. Folders are watched, since editors replace files by renaming. */
function followFiles(onChange: () => void): FollowedFiles {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  return {
    follow(files) {
      const folders = new Set(files.map(dirname));
      for (const [folder, watcher] of watchers) {
        if (folders.has(folder)) continue;
        watcher.close();
        watchers.delete(folder);
      }
      for (const folder of folders) {
        if (watchers.has(folder)) continue;
        const watcher = watch(folder, () => {
          clearTimeout(timer);
          timer = setTimeout(onChange, SETTLE_MS);
        });
        watchers.set(folder, watcher);
      }
    },
    close() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}
