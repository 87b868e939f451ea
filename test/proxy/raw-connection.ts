import { once } from 'node:events';
import net from 'node:net';
import type { TestContext } from 'node:test';

/** A TCP connection that writes and reads bytes as they are; destroyed when the test ends. */
export interface RawConnection {
  readonly socket: net.Socket;
  /** All that has come, as Latin-1. */
  readonly received: string;
  /** Resolves when what has come fits, or fails when the connection ends before. */
  until(pattern: RegExp): Promise<string>;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
}

export async function connectRaw(t: TestContext, port: number): Promise<RawConnection> {
  const socket = net.connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  let received = '';
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const check of waiting) check();
  };
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    wake();
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      resolve();
      wake();
    });
  });
  await once(socket, 'connect');
  return {
    socket,
    get received() {
      return received;
    },
    closed,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (pattern.test(received)) resolve(received);
          else if (socket.closed || socket.destroyed)
            reject(new Error(`The connection ended after ${JSON.stringify(received)}`));
          else return;
          waiting.delete(check);
        };
        waiting.add(check);
        check();
      }),
  };
}
