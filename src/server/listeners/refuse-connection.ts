import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { WeirError } from '../../errors.ts';
import { type Problem, problemOf } from '../problem.ts';

/** How long, and how much, of what the client still sends is taken and thrown away, so that it can read the answer. */
const LINGER_MS = 1_000;
const LINGER_BYTES = 64 * 1_024;

const refused = new WeakSet<Socket>();

/** Whether nothing that comes by the connection may reach a handler any more. */
export function isRefused(socket: Socket): boolean {
  return refused.has(socket);
}

/** Lets nothing reach a handler any more. The answer under way may go out. */
export function condemn(socket: Socket): void {
  refused.add(socket);
}

/**
 * Answers an HTTP/1.1 connection, on which no answer has begun, with a problem, and closes it. The second time it does nothing.
 * @param requestId of a request that no handler has seen.
 */
export function refuseConnection(socket: Socket, error: WeirError, requestId: string): void {
  if (refused.has(socket)) return;
  refused.add(socket);
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(writeProblem(problemOf(error, requestId)));
  const readBefore = socket.bytesRead;
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  const watch = setInterval(() => {
    if (socket.bytesRead - readBefore > LINGER_BYTES) socket.destroy();
  }, LINGER_MS / 20);
  watch.unref();
  socket.once('end', () => socket.destroy());
  socket.once('close', () => {
    clearTimeout(timer);
    clearInterval(watch);
  });
}

function writeProblem(problem: Problem): string {
  const body = JSON.stringify(problem);
  const fields = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `date: ${new Date().toUTCString()}`,
    `x-request-id: ${problem.requestId}`,
    'connection: close',
  ];
  return `${fields.join('\r\n')}\r\n\r\n${body}`;
}
