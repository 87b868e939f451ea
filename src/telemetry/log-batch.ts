import { type DestinationStream, pino } from 'pino';

/** Lines are written when so much has come together, or when so much time has passed. */
const BATCH_CHARACTERS = 32 * 1024;
const BATCH_MS = 100;
/** Where nobody reads, lines beyond this are dropped: the log must not take the memory of the requests. */
const MOST_WAITING_BYTES = 32 * 1024 * 1024;

type Stdout = ReturnType<typeof pino.destination>;

/** Lines on their way to a stream, in batches: a call for each would cost as much as the request that it tells of. */
export class LogBatch implements DestinationStream {
  readonly #stream: Stdout;
  #lines: string[] = [];
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: Stdout) {
    this.#stream = stream;
  }

  write(line: string): void {
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#characters >= BATCH_CHARACTERS) this.#hand();
    else this.#timer ??= setTimeout(() => this.#hand(), BATCH_MS).unref();
  }

  /** Calls back when all is written. */
  flush(callback?: (error?: Error | null) => void): void {
    this.#hand();
    this.#stream.flush(callback);
  }

  flushSync(): void {
    this.#hand();
    this.#stream.flushSync();
  }

  #hand(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    const text = this.#lines.join('');
    this.#lines = [];
    this.#characters = 0;
    this.#stream.write(text);
  }
}

/** Standard output. What is under way when the process ends is still written. */
export function openStdout(): DestinationStream {
  const batch = new LogBatch(pino.destination({ fd: 1, sync: false, maxLength: MOST_WAITING_BYTES }));
  process.once('exit', () => batch.flushSync());
  return batch;
}
