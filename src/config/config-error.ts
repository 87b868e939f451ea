import { relative } from 'node:path';

/** Where something is written. Both count from 1; 0: the thing has no place in a text. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with the config. Holds no value that came from the environment. */
export interface ConfigError extends Position {
  /** Absolute path, or the option of the command line that is wrong. */
  readonly file: string;
  /** What is wrong: the wanted state and the current one. */
  readonly message: string;
  /** The way out. */
  readonly hint: string;
}

/**
 * The errors as lines for a terminal, `file:line:column  message` and under it the hint.
 * @param directory Folder that the paths are shown relative to.
 */
export function formatConfigErrors(errors: readonly ConfigError[], directory: string): string {
  return errors.map((error) => `${placeOf(error, directory)}  ${error.message}\n    ${error.hint}\n`).join('');
}

function placeOf({ file, line, column }: ConfigError, directory: string): string {
  const name = file.startsWith('--') ? file : relative(directory, file) || file;
  return line === 0 ? name : `${name}:${line}:${column}`;
}

/** Sorts by file in the given order, then by place, and drops repetitions (an alias repeats what its anchor says). */
export function sortConfigErrors(errors: readonly ConfigError[], files: readonly string[]): ConfigError[] {
  const keyOf = ({ file, line, column, message }: ConfigError) => `${file}\n${line}\n${column}\n${message}`;
  const byKey = new Map(errors.map((error) => [keyOf(error), error]));
  // Options of the command line are in no file and come last.
  const rank = (file: string) => (files.includes(file) ? files.indexOf(file) : files.length);
  return [...byKey.values()].sort(
    (a, b) => rank(a.file) - rank(b.file) || a.line - b.line || a.column - b.column || (keyOf(a) < keyOf(b) ? -1 : 1),
  );
}
