import type { IncomingMessage, ServerResponse } from 'node:http';
import { widenVary } from '../content-coding/vary.ts';
import { admit } from '../edge/admit.ts';
import type { NormalPath } from '../edge/normal-path.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import { WeirError } from '../errors.ts';
import type { Graph } from '../graphql/graph.ts';
import type { Routes } from '../proxy/route.ts';
import { type AdminPages, type Page, readAdminPage } from './admin-page.ts';
import { answerRoute } from './answer-route.ts';
import type { Surface } from './listeners/listener-definition.ts';
import { ownFieldsOf, putOwnFields } from './own-fields.ts';

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

/**
 * Answers a request by what its path names: GraphQL, a page of the gateway's own, or a route.
 * @param normal `undefined`: the path has no normal form.
 * @returns Rejects with a `WeirError` where the request is refused, or fails, before the head of the answer is sent.
 * @throws {WeirError} where it is refused at once.
 */
export function answerRequest(
  parts: AnswerParts,
  normal: NormalPath | undefined,
  scope: RequestScope,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (normal === undefined) throw new WeirError('MALFORMED_PATH');
  const { path } = scope.head;
  const { isPublic } = parts.surface ?? EVERYTHING;
  if (isPublic && path === parts.graphqlPath()) return answerGraphql(parts, path, scope, request, response);
  const page = findPage(parts, scope);
  if (page !== undefined) return writePage(page, scope, response);
  if (isPublic) return answerRoute(parts.routes(), normal, scope, request, response);
  throw new WeirError('NOT_FOUND', `No page is at ${path}`);
}

/** A page of the gateway's own. */
function findPage(parts: AnswerParts, scope: RequestScope): Page | Promise<Page> | undefined {
  const { path, method } = scope.head;
  const { isPublic, isAdmin } = parts.surface ?? EVERYTHING;
  if (isPublic && parts.devProblem !== undefined && path === `${parts.graphqlPath()}/problem`) {
    return {
      status: 200,
      contentType: 'application/json',
      body: JSON.stringify({ problem: parts.devProblem() ?? null }),
    };
  }
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  return (isPublic ? readKeySet(scope) : undefined) ?? (isAdmin ? readAdminPage(parts, path) : undefined);
}

async function writePage(page: Page | Promise<Page>, scope: RequestScope, response: ServerResponse): Promise<void> {
  const { status, contentType, body, cacheControl = 'no-store' } = await page;
  scope.facts.route = scope.head.path;
  putOwnFields(response);
  response.writeHead(status, { 'content-type': contentType, 'cache-control': cacheControl });
  response.end(scope.head.method === 'HEAD' ? undefined : body);
}

async function answerGraphql(
  parts: AnswerParts,
  path: string,
  scope: RequestScope,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { headers, isPreflight, error } = await admit(scope, { kind: 'graphql', route: path });
  const own = ownFieldsOf(response);
  for (const [name, value] of headers) own.push(name, value);
  if (error === undefined) putOwnFields(response);
  if (isPreflight) return void response.writeHead(204).end();
  if (error !== undefined) throw error;
  const graph = parts.graph();
  if (graph === undefined) throw new WeirError('SCHEMA_NOT_READY');
  if (graph.isCompressed) {
    const vary = widenVary(response.getHeader('vary') as string | undefined, 'accept-encoding');
    if (vary !== undefined) response.setHeader('vary', vary);
  }
  // A credential in the query is no parameter of GraphQL.
  const query = scope.edge.cleanQuery(scope.head.query);
  if (query !== scope.head.query) request.url = query === '' ? path : `${path}?${query}`;
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
