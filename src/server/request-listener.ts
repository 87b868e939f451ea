import type { RequestListener } from 'node:http';
import { type NormalPath, normalizePath } from '../edge/normal-path.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import { ERRORS, WeirError } from '../errors.ts';
import type { Graph } from '../graphql/graph.ts';
import { type FieldLines, setFields } from '../proxy/field-lines.ts';
import { linger } from '../proxy/linger.ts';
import type { Routes } from '../proxy/route.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { admit } from './admit.ts';
import { answerRoute, type RouteRequest } from './answer-route.ts';
import { problemOf, sendProblem } from './problem.ts';
import { isReady, type Readiness } from './readiness.ts';
import type { Reception } from './reception.ts';
import { headOfNodeRequest, rawPathOf } from './request-head.ts';

export interface RequestListenerParts {
  readonly reception: Reception;
  /** `undefined`: GraphQL is not served. */
  readonly graphqlPath: () => string | undefined;
  /** The graph in service; `undefined` until the first one is. A request stays on the one that it began with. */
  readonly graph: () => Graph | undefined;
  /** The routes in service. */
  readonly routes: () => Routes;
  readonly readiness: () => Readiness;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** For `weir dev`. */
  readonly devProblem?: () => string | undefined;
}

/** One listener for everything that Weir serves. Nothing that a request does throws out of it. */
export function createRequestListener(parts: RequestListenerParts): RequestListener {
  const { reception, logger } = parts;
  return (request, response) => {
    const normal = normalizePath(rawPathOf(request));
    const scope = reception.open(headOfNodeRequest(request, normal));
    const own: FieldLines = ['x-request-id', scope.requestId, 'traceparent', scope.traceparent];
    if (request.httpVersionMajor === 1 && parts.readiness().status === 'draining') own.push('connection', 'close');
    response.once('close', () => {
      if (!response.writableFinished) scope.abort(new WeirError('CLIENT_CLOSED_REQUEST'));
      if (response.writableFinished) linger(request);
      reception.close(scope, response.writableFinished ? response.statusCode : ERRORS.CLIENT_CLOSED_REQUEST.status);
    });
    answer(parts, { normal, scope, request, response, own }).catch((error: unknown) => {
      if (!(error instanceof WeirError)) logger.error({ err: error, requestId: scope.requestId }, 'Request failed');
      if (!response.headersSent) setFields(response, own);
      sendProblem(response, problemOf(reasonOf(error, scope), scope.requestId));
    });
  };
}

/** Where a request was ended for a reason of its own, that counts, and not what became of its parts then. */
function reasonOf(error: unknown, { signal }: RequestScope): unknown {
  const isConsequence = error instanceof WeirError && error.code === 'CLIENT_CLOSED_REQUEST';
  return isConsequence && signal.aborted ? signal.reason : error;
}

async function answer(
  parts: RequestListenerParts,
  { normal, ...received }: Omit<RouteRequest, 'normal'> & { readonly normal: NormalPath | undefined },
): Promise<void> {
  const { scope, request, response, own } = received;
  const { path, method } = scope.head;
  if (normal === undefined) throw new WeirError('MALFORMED_PATH');
  const graphqlPath = parts.graphqlPath();
  if (path === graphqlPath) {
    scope.facts.route = graphqlPath;
    const { headers, isPreflight, error } = await admit(parts.reception, scope);
    for (const [name, value] of headers) own.push(name, value);
    if (error === undefined) setFields(response, own);
    if (isPreflight) return void response.writeHead(204).end();
    if (error !== undefined) throw error;
    const graph = parts.graph();
    if (graph === undefined) throw new WeirError('SCHEMA_NOT_READY');
    if (scope.head.headers.expect !== undefined) response.writeContinue();
    return void (await graph.yoga(request, response, { weir: scope }));
  }
  if (parts.devProblem !== undefined && path === `${graphqlPath}/problem`) {
    setFields(response, own);
    response.setHeader('content-type', 'application/json');
    return void response.end(JSON.stringify({ problem: parts.devProblem() ?? null }));
  }
  if (method === 'GET' || method === 'HEAD') {
    const page = await readAdminPage(parts, path);
    if (page !== undefined) {
      scope.facts.route = path;
      setFields(response, own);
      response.writeHead(page.status, { 'content-type': page.contentType, 'cache-control': 'no-store' });
      response.end(method === 'HEAD' ? undefined : page.body);
      return;
    }
  }
  return answerRoute(parts.reception, parts.routes(), { ...received, normal });
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
