import type { ServerResponse } from 'node:http';
import { isHttp2 } from '../edge/is-http2.ts';
import { ERRORS, type ErrorCode, WeirError } from '../errors.ts';
import { setFields } from '../proxy/field-lines.ts';
import { grpcFieldsOf, isGrpc } from '../proxy/grpc.ts';
import { cutAnswer } from '../proxy/write-answer.ts';
import { putOwnFields } from './own-fields.ts';

/** A problem as RFC 9457 §3.1 has it, with Weir's code and the request id as extension members. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: ErrorCode;
  readonly requestId: string;
  readonly retryAfterSeconds?: number;
  /** The content codings that requests may have, where one had another. */
  readonly acceptEncoding?: string;
}

/** What a client may know of `error`: its table entry, and its own message where the code's audience is the client. */
export function problemOf(error: unknown, requestId: string): Problem {
  const known = error instanceof WeirError ? error : new WeirError('INTERNAL_ERROR', undefined, { cause: error });
  const { status, message } = ERRORS[known.code];
  return {
    type: `urn:weir:error:${known.code}`,
    title: message,
    status,
    ...(known.clientMessage === message ? {} : { detail: known.clientMessage }),
    code: known.code,
    requestId,
    ...known.details,
  };
}

/**
 * Answers with a problem, or with a status of gRPC where the client speaks that. Where an answer has begun the connection is cut, since the client must not take it for whole; where
 * one is complete it stays.
 */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  if (response.writableEnded) return;
  if (response.headersSent) {
    cutAnswer(response);
    return;
  }
  putOwnFields(response);
  const { req: request } = response;
  // A client that waits for an invitation may send its body all the same: only the end of the connection tells.
  if (request.headers.expect !== undefined && !request.complete && !isHttp2(request))
    response.setHeader('connection', 'close');
  if (isGrpc(request.headers['content-type'])) {
    setFields(response, grpcFieldsOf(problem.status, problem.detail ?? problem.title));
    response.writeHead(200).end();
    return;
  }
  const body = JSON.stringify(problem);
  const { retryAfterSeconds, acceptEncoding } = problem;
  if (retryAfterSeconds !== undefined && !response.hasHeader('retry-after')) {
    response.setHeader('retry-after', retryAfterSeconds);
  }
  // RFC 9110 §15.5.16.
  if (acceptEncoding !== undefined) response.setHeader('accept-encoding', acceptEncoding);
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'x-request-id': problem.requestId,
  });
  response.end(body);
}
