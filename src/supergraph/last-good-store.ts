import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Keeps the last text of each key that was found good, over restarts. */
export interface LastGoodStore {
  /** @returns `undefined` where there is none, or only a damaged one. */
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
}

/**
 * A {@link LastGoodStore} in a folder, which is made when first written to. Several processes may share it.
 *
 * A file is named for its key and for the hash of its content, and appears by renaming: half a file is never read,
 * a damaged one is not believed, and no key can leave the folder.
 *
 * @param directory Absolute path.
 */
export function createFileStore(directory: string): LastGoodStore {
  return {
    async read(key) {
      for (const file of await filesOf(directory, key)) {
        const text = await readFile(path.join(directory, file), 'utf8').catch(() => undefined);
        if (text !== undefined && file === fileName(key, text)) return text;
      }
      return undefined;
    },
    async write(key, text) {
      const name = fileName(key, text);
      const others = (await filesOf(directory, key)).filter((file) => file !== name);
      await mkdir(directory, { recursive: true });
      await writeAtomically(path.join(directory, name), text);
      for (const file of others) await rm(path.join(directory, file), { force: true });
    },
  };
}

async function writeAtomically(target: string, text: string): Promise<void> {
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The files of a key, the newest first. */
async function filesOf(directory: string, key: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => [] as string[]);
  const prefix = keyPrefix(key);
  const files = await Promise.all(
    names
      .filter((name) => name.startsWith(prefix) && name.endsWith('.graphql'))
      .map(async (name) => {
        const { mtimeMs } = await stat(path.join(directory, name)).catch(() => ({ mtimeMs: 0 }));
        return { name, mtimeMs };
      }),
  );
  return files.toSorted((a, b) => b.mtimeMs - a.mtimeMs || (a.name < b.name ? -1 : 1)).map(({ name }) => name);
}

function fileName(key: string, text: string): string {
  return `${keyPrefix(key)}${hash(text)}.graphql`;
}

/** Readable, and unique even where the file system ignores case or the key has signs that file names must not have. */
function keyPrefix(key: string): string {
  return `${key.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 60)}.${hash(key).slice(0, 8)}.`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
