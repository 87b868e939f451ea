import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { RequestScope } from '../edge/request-scope.ts';
import { ERRORS, WeirError } from '../errors.ts';
import type { Graph } from '../graphql/graph.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { admit } from './admit.ts';
import { isHttp2 } from './is-http2.ts';
import { findBreach, type HeaderLimits } from './listeners/framing.ts';
import type { Surface } from './listeners/listener-definition.ts';
import { condemn } from './listeners/refuse-connection.ts';
import { problemOf, sendProblem } from './problem.ts';
import { isReady, type Readiness } from './readiness.ts';
import type { Reception } from './reception.ts';
import { headOfNodeRequest } from './request-head.ts';

export interface RequestListenerParts {
  readonly reception: Reception;
  readonly graphqlPath: string;
  /** What the listener serves; default: everything. */
  readonly surface?: Surface;
  readonly headerLimits: HeaderLimits;
  /** The graph in service; `undefined` until the first one is. A request stays on the one that it began with. */
  readonly graph: () => Graph | undefined;
  readonly readiness: () => Readiness;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** For `weir dev`. */
  readonly devProblem?: () => string | undefined;
}

/** One listener for everything that Weir serves. Nothing that a request does throws out of it. */
export function createRequestListener(parts: RequestListenerParts): RequestListener {
  const { reception, logger, surface, headerLimits } = parts;
  return (request, response) => {
    const breach = findBreach(request, headerLimits);
    const scope = reception.open(headOfNodeRequest(request, surface?.listener));
    response.setHeader('x-request-id', scope.requestId);
    response.setHeader('traceparent', scope.traceparent);
    const isHttp1 = !isHttp2(request);
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
    answer(parts, scope, request, response).catch((error: unknown) => {
      if (!(error instanceof WeirError)) logger.error({ err: error, requestId: scope.requestId }, 'Request failed');
      sendProblem(response, problemOf(error, scope.requestId));
    });
  };
}

const EVERYTHING = { isPublic: true, isAdmin: true };

async function answer(
  parts: RequestListenerParts,
  scope: RequestScope,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { path, method } = scope.head;
  const { isPublic, isAdmin } = parts.surface ?? EVERYTHING;
  if (isPublic && path === parts.graphqlPath) {
    scope.facts.route = parts.graphqlPath;
    const { headers, isPreflight, error } = await admit(parts.reception, scope);
    for (const [name, value] of headers) response.setHeader(name, value);
    if (isPreflight) return void response.writeHead(204).end();
    if (error !== undefined) throw error;
    const graph = parts.graph();
    if (graph === undefined) throw new WeirError('SCHEMA_NOT_READY');
    return void (await graph.yoga(request, response, { weir: scope }));
  }
  if (isPublic && parts.devProblem !== undefined && path === `${parts.graphqlPath}/problem`) {
    response.setHeader('content-type', 'application/json');
    return void response.end(JSON.stringify({ problem: parts.devProblem() ?? null }));
  }
  if (isAdmin && (method === 'GET' || method === 'HEAD')) {
    const page = await readAdminPage(parts, path);
    if (page !== undefined) {
      scope.facts.route = path;
      response.writeHead(page.status, { 'content-type': page.contentType, 'cache-control': 'no-store' });
      response.end(method === 'HEAD' ? undefined : page.body);
      return;
    }
  }
  throw new WeirError('NOT_FOUND', `No route matches ${method} ${path}`);
}

async function readAdminPage(
  parts: RequestListenerParts,
  path: string,
): Promise<{ status: number; contentType: string; body: string } | undefined> {
  if (path === '/livez') return { status: 200, contentType: 'application/json', body: '{"status":"alive"}' };
  if (path === '/readyz') {
    const readiness = parts.readiness();
    return { status: isReady(readiness) ? 200 : 503, contentType: 'application/json', body: JSON.stringify(readiness) };
  }
  if (path === '/metrics') {
    return { status: 200, contentType: 'text/plain; version=0.0.4; charset=utf-8', body: await parts.metrics.scrape() };
  }
  return undefined;
}
