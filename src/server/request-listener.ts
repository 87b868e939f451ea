import type { RequestListener } from 'node:http';
import { normalizePath } from '../edge/normal-path.ts';
import { ERRORS, WeirError } from '../errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type AnswerParts, answerRequest } from './answer-request.ts';
import { findBreach } from './listeners/framing.ts';
import { condemn } from './listeners/refuse-connection.ts';
import { problemOf, sendProblem } from './problem.ts';
import type { Reception } from './reception.ts';
import { headOfNodeRequest, rawPathOf } from './request-head.ts';

export interface RequestListenerParts extends AnswerParts {
  readonly reception: Reception;
  /** Most header fields of a request. */
  readonly maxHeaders: number;
  readonly logger: Logger;
}

/** One listener for everything that Weir serves. Nothing that a request does throws out of it. */
export function createRequestListener(parts: RequestListenerParts): RequestListener {
  const { reception, logger, surface, maxHeaders } = parts;
  return (request, response) => {
    const breach = findBreach(request, maxHeaders);
    const normal = normalizePath(rawPathOf(request));
    const scope = reception.open(headOfNodeRequest(request, normal, surface?.listener));
    response.setHeader('x-request-id', scope.requestId);
    response.setHeader('traceparent', scope.traceparent);
    for (const [name, value] of scope.edge.securityHeaders(scope.head)) response.setHeader(name, value);
    const isHttp1 = request.httpVersionMajor === 1;
    if (isHttp1 && parts.readiness().status === 'draining') response.setHeader('connection', 'close');
    response.once('close', () => {
      if (!response.writableFinished) scope.abort(new WeirError('CLIENT_CLOSED_REQUEST'));
      reception.close(scope, response.writableFinished ? response.statusCode : ERRORS.CLIENT_CLOSED_REQUEST.status);
    });
    if (breach !== undefined) {
      // Where this request ends is not certain, nor is anything behind it.
      if (isHttp1) {
        condemn(request.socket);
        response.setHeader('connection', 'close');
      }
      sendProblem(response, problemOf(breach, scope.requestId));
      return;
    }
    answerRequest(parts, normal, scope, request, response).catch((error: unknown) => {
      if (!(error instanceof WeirError)) logger.error({ err: error, requestId: scope.requestId }, 'Request failed');
      sendProblem(response, problemOf(error, scope.requestId));
    });
  };
}
