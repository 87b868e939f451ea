import { admit } from '../edge/admit.ts';
import type { NormalPath } from '../edge/normal-path.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import { WeirError } from '../errors.ts';
import type { Graph } from '../graphql/graph.ts';
import { setFields } from '../proxy/field-lines.ts';
import type { Routes } from '../proxy/route.ts';
import { type AdminPages, readAdminPage } from './admin-page.ts';
import { answerPreflight, answerRoute, type RouteRequest } from './answer-route.ts';
import type { Surface } from './listeners/listener-definition.ts';

export interface AnswerParts extends AdminPages {
  /** `undefined`: GraphQL is not served. */
  readonly graphqlPath: () => string | undefined;
  /** What the listener serves; default: everything. */
  readonly surface?: Surface;
  /** The graph in service; `undefined` until the first one is. A request stays on the one that it began with. */
  readonly graph: () => Graph | undefined;
  /** The routes in service. */
  readonly routes: () => Routes;
  /** For `weir dev`. */
  readonly devProblem?: () => string | undefined;
}

const EVERYTHING = { isPublic: true, isAdmin: true };

/** @property normal `undefined`: the path has no normal form. */
type Received = Omit<RouteRequest, 'normal'> & { readonly normal: NormalPath | undefined };

/**
 * Answers a request by what its path names: GraphQL, a page of the gateway's own, or a route.
 * @throws {WeirError} where it is refused or fails before the head of the answer is sent.
 */
export async function answerRequest(parts: AnswerParts, { normal, ...received }: Received): Promise<void> {
  if (normal === undefined) throw new WeirError('MALFORMED_PATH');
  const { scope, response, own } = received;
  const { path, method } = scope.head;
  const { isPublic, isAdmin } = parts.surface ?? EVERYTHING;
  const graphqlPath = parts.graphqlPath();
  if (isPublic && path === graphqlPath) return answerGraphql(parts, { ...received, normal });
  if (isPublic && parts.devProblem !== undefined && path === `${graphqlPath}/problem`) {
    setFields(response, own);
    response.setHeader('content-type', 'application/json');
    return void response.end(JSON.stringify({ problem: parts.devProblem() ?? null }));
  }
  if (method === 'GET' || method === 'HEAD') {
    const page = (isPublic ? readKeySet(scope) : undefined) ?? (isAdmin ? await readAdminPage(parts, path) : undefined);
    if (page !== undefined) {
      scope.facts.route = path;
      const { status, contentType, body, cacheControl = 'no-store' } = page;
      setFields(response, own);
      response.writeHead(status, { 'content-type': contentType, 'cache-control': cacheControl });
      return void response.end(method === 'HEAD' ? undefined : body);
    }
  }
  if (!isPublic) throw new WeirError('NOT_FOUND', `No page is at ${path}`);
  return answerRoute(parts.routes(), { ...received, normal });
}

async function answerGraphql(parts: AnswerParts, { scope, request, response, own }: RouteRequest): Promise<void> {
  const { path, query } = scope.head;
  const { headers, isPreflight, error } = await admit(scope, { kind: 'graphql', route: path });
  for (const [name, value] of headers) own.push(name, value);
  if (isPreflight) return answerPreflight(response, own);
  if (error !== undefined) throw error;
  const graph = parts.graph();
  if (graph === undefined) throw new WeirError('SCHEMA_NOT_READY');
  setFields(response, own);
  // A credential in the query is no parameter of GraphQL.
  const clean = scope.edge.cleanQuery(query);
  if (clean !== query) request.url = clean === '' ? path : `${path}?${clean}`;
  if (scope.head.headers.expect !== undefined) response.writeContinue();
  await graph.yoga(request, response, { weir: scope });
}

/** The keys that upstreams verify the gateway's signed identity with (RFC 7517 §5). */
function readKeySet({ head, edge }: RequestScope) {
  const { keySet } = edge.forwarding;
  if (head.path !== keySet?.path) return undefined;
  return {
    status: 200,
    contentType: 'application/jwk-set+json',
    cacheControl: 'public, max-age=300',
    body: JSON.stringify(keySet.keys),
  };
}
