import { widenVary } from '../content-coding/vary.ts';
import { type Admission, admit } from '../edge/admit.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import { WeirError } from '../errors.ts';
import type { Graph } from '../graphql/graph.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type Problem, problemOf } from './problem.ts';
import type { Reception } from './reception.ts';
import { headOfFetchRequest } from './request-head.ts';

export interface FetchHandlerParts {
  readonly reception: Reception;
  readonly graphqlPath: () => string | undefined;
  readonly graph: () => Graph | undefined;
  readonly logger: Logger;
}

/** The gateway for runtimes with the fetch API: GraphQL only, since health and metrics are the host's business there. */
export function createFetchHandler(parts: FetchHandlerParts): (request: Request) => Promise<Response> {
  const { reception, logger } = parts;
  return async (request) => {
    const scope = reception.open(headOfFetchRequest(request));
    const onAbort = () => scope.abort(new WeirError('CLIENT_CLOSED_REQUEST'));
    request.signal.addEventListener('abort', onAbort, { once: true });
    let edgeHeaders: Admission['headers'] = [];
    let response: Response;
    try {
      const graphqlPath = parts.graphqlPath();
      if (graphqlPath === undefined || scope.head.path !== graphqlPath)
        throw new WeirError('NOT_FOUND', `No route matches ${request.method} ${scope.head.path}`);
      const { headers, isPreflight, error } = await admit(scope, { kind: 'graphql', route: graphqlPath });
      edgeHeaders = headers;
      if (error !== undefined) throw error;
      if (isPreflight) response = new Response(null, { status: 204 });
      else {
        const graph = parts.graph();
        if (graph === undefined) throw new WeirError('SCHEMA_NOT_READY');
        response = await graph.yoga.fetch(withoutCredential(request, scope), { weir: scope });
        if (graph.isCompressed) addVary(response.headers, 'accept-encoding');
      }
    } catch (error) {
      if (!(error instanceof WeirError)) logger.error({ err: error, requestId: scope.requestId }, 'Request failed');
      response = toResponse(problemOf(error, scope.requestId));
    } finally {
      request.signal.removeEventListener('abort', onAbort);
    }
    for (const [name, value] of [...scope.edge.securityHeaders(scope.head), ...edgeHeaders]) {
      if (name === 'vary') addVary(response.headers, value);
      else if (!response.headers.has(name)) response.headers.set(name, value);
    }
    response.headers.set('x-request-id', scope.requestId);
    response.headers.set('traceparent', scope.traceparent);
    reception.close(scope, response.status);
    return response;
  };
}

function addVary(headers: Headers, name: string): void {
  const vary = widenVary(headers.get('vary') ?? undefined, name);
  if (vary !== undefined) headers.set('vary', vary);
}

/** A credential in the query is no parameter of GraphQL. */
function withoutCredential(request: Request, { edge, head }: RequestScope): Request {
  const query = edge.cleanQuery(head.query);
  if (query === head.query) return request;
  const url = new URL(request.url);
  url.search = query;
  return new Request(url, request);
}

function toResponse(problem: Problem): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
