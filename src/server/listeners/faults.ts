import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WeirError } from '../../errors.ts';

/** Answers a request whose body turned out to be malformed, or too slow, while it was being handled. */
type AnswerFault = (error: WeirError) => void;

const answers = new WeakMap<ServerResponse, AnswerFault>();

/** Lets whoever handles a request with a body answer for what is found wrong with it later. */
export function onFault(request: IncomingMessage, response: ServerResponse, answer: AnswerFault): void {
  if (hasBody(request)) answers.set(response, answer);
}

/** @returns `false` where nobody has said how. */
export function answerFault(response: ServerResponse, error: WeirError): boolean {
  const answer = answers.get(response);
  answer?.(error);
  return answer !== undefined;
}

/** RFC 9112 §6.3: of HTTP/1.1. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
