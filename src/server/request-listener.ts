import type { RequestListener } from 'node:http';
import { isHttp2 } from '../edge/is-http2.ts';
import { normalizePath } from '../edge/normal-path.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import { ERRORS, WeirError } from '../errors.ts';
import type { FieldLines } from '../proxy/field-lines.ts';
import { linger } from '../proxy/linger.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type AnswerParts, answerRequest } from './answer-request.ts';
import { isAnswered } from './is-answered.ts';
import { onFault } from './listeners/faults.ts';
import { findBreach, type HeaderLimits } from './listeners/framing.ts';
import { condemn } from './listeners/refuse-connection.ts';
import { keepOwnFields } from './own-fields.ts';
import { problemOf, sendProblem } from './problem.ts';
import type { Reception } from './reception.ts';
import { headOfNodeRequest, rawPathOf } from './request-head.ts';

export interface RequestListenerParts extends AnswerParts {
  readonly reception: Reception;
  readonly headerLimits: HeaderLimits;
  /** Whether answers end their connections, since the gateway is about to stop. */
  readonly isDraining: () => boolean;
  readonly logger: Logger;
}

/** One listener for everything that Weir serves. Nothing that a request does throws out of it. */
export function createRequestListener(parts: RequestListenerParts): RequestListener {
  const { reception, logger, surface, headerLimits } = parts;
  return (request, response) => {
    const breach = findBreach(request, headerLimits);
    const normal = normalizePath(rawPathOf(request));
    const scope = reception.open(headOfNodeRequest(request, normal, surface?.listener));
    const own = openFields(scope);
    keepOwnFields(response, own);
    const isHttp1 = !isHttp2(request);
    if (isHttp1 && parts.isDraining()) own.push('connection', 'close');
    // It comes once; `once` would pay for that with a wrapper.
    response.on('close', () => {
      const isDone = isAnswered(response);
      if (!isDone || !request.complete) scope.abort(new WeirError('CLIENT_CLOSED_REQUEST'));
      if (isDone) linger(request);
      reception.close(scope, isDone ? response.statusCode : ERRORS.CLIENT_CLOSED_REQUEST.status);
    });
    if (breach !== undefined) {
      // Where this request ends is not certain, nor is anything behind it.
      if (isHttp1) {
        condemn(request.socket);
        own.push('connection', 'close');
      }
      sendProblem(response, problemOf(breach, scope.requestId));
      return;
    }
    onFault(request, response, (error) => {
      scope.abort(error);
      sendProblem(response, problemOf(error, scope.requestId));
    });
    const onError = (error: unknown): void => {
      if (!(error instanceof WeirError)) logger.error({ err: error, requestId: scope.requestId }, 'Request failed');
      sendProblem(response, problemOf(reasonOf(error, scope), scope.requestId));
    };
    let answered: Promise<void>;
    try {
      answered = answerRequest(parts, normal, scope, request, response);
    } catch (error) {
      // Told a little later, as everything is: whoever handed the request over is not done with it.
      answered = Promise.reject(error);
    }
    answered.catch(onError);
  };
}

/** Field lines of every answer: ids and what browsers are told of its content. */
export function openFields(scope: RequestScope): FieldLines {
  const lines: FieldLines = ['x-request-id', scope.requestId, 'traceparent', scope.traceparent];
  for (const [name, value] of scope.edge.securityHeaders(scope.head)) lines.push(name, value);
  return lines;
}

/** Where a request was ended for a reason of its own, that counts, and not what became of its parts then. */
export function reasonOf(error: unknown, { signal }: RequestScope): unknown {
  const isConsequence = error instanceof WeirError && error.code === 'CLIENT_CLOSED_REQUEST';
  return isConsequence && signal.aborted ? signal.reason : error;
}
