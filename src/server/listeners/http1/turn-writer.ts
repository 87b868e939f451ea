import type { Socket } from 'node:net';
import { atEndOfTurn, type TurnTask } from '../../../end-of-turn.ts';
import { DirectSocket } from '../direct-socket.ts';

/** Told of an error, or of none. */
export type OnWritten = (error?: Error | null) => void;

/** Writes to a connection what a turn of the event loop has for it, at the end of the turn and in its order. */
export class TurnWriter implements TurnTask {
  isInLine = false;
  readonly #socket: Socket;
  #held: { readonly text: string; readonly done: OnWritten } | undefined;
  /** The socket keeps what is written to it. */
  #isCorked = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @param data Text is Latin-1. @returns Whether the connection takes more before that. */
  write(data: string | Buffer, done?: OnWritten): boolean {
    const socket = this.#socket;
    if (!this.#isCorked) {
      this.#isCorked = true;
      socket.cork();
      atEndOfTurn(this);
    }
    this.#writeHeld();
    return typeof data === 'string' ? socket.write(data, 'latin1', done) : socket.write(data, done);
  }

  /** The same for the last of an answer, which often is all of it. `done` may be called as soon as it is written, within the same tick. */
  writeLast(text: string, done: OnWritten): void {
    if (this.#isCorked || this.#held !== undefined) {
      this.write(text, done);
      return;
    }
    // Alone in its turn, as almost always, it needs no queue.
    this.#held = { text, done };
    atEndOfTurn(this);
  }

  endTurn(): void {
    const held = this.#held;
    const socket = this.#socket;
    if (held === undefined || this.#isCorked || socket.destroyed || !(socket instanceof DirectSocket)) {
      this.flush();
      return;
    }
    this.#held = undefined;
    // Without a callback nothing is left to do for it once the system has taken all, as almost always.
    socket.write(held.text, 'latin1');
    if (socket.errored !== null) held.done(socket.errored);
    else if (socket.writableLength === 0) held.done();
    else socket.write('', held.done);
  }

  /** To be called before the socket is written to, or ended, by somebody else. */
  flush(): void {
    this.#writeHeld();
    if (!this.#isCorked) return;
    this.#isCorked = false;
    this.#socket.uncork();
  }

  /** The connection is gone. */
  drop(): void {
    this.#held?.done(new Error('The connection is closed'));
    this.#held = undefined;
  }

  #writeHeld(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#socket.write(held.text, 'latin1', held.done);
  }
}
