import type { IncomingMessage, ServerResponse } from 'node:http';
import { admit } from '../edge/admit.ts';
import type { NormalPath } from '../edge/normal-path.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import { WeirError } from '../errors.ts';
import { checkRequest } from '../proxy/check-request.ts';
import { openExchange } from '../proxy/open-exchange.ts';
import type { Routes } from '../proxy/route.ts';
import { writeAnswer } from '../proxy/write-answer.ts';

/**
 * Answers a request by its route, once the edge has let it in.
 * @throws {WeirError} `NOT_FOUND`, `METHOD_NOT_ALLOWED`, what the edge and the route refuse, and what went wrong upstream.
 */
export async function answerRoute(
  routes: Routes,
  normal: NormalPath,
  scope: RequestScope,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { head } = scope;
  const route = routes.match(head);
  if (route === undefined) return refuseUnmatched(routes, scope, response);
  const { headers, isPreflight, error } = await admit(scope, {
    kind: 'rest',
    route: route.name,
    identify: route.identify,
  });
  for (const [name, value] of headers) response.setHeader(name, value);
  if (isPreflight) return void response.writeHead(204).end();
  if (error !== undefined) throw error;
  checkRequest(route, normal, request, head);
  const exchange = openExchange(route, scope, request, response);
  await writeAnswer(response, await route.answer(exchange));
}

/** Browsers ask before they send: the answer to that does not depend on a route for OPTIONS. */
function refuseUnmatched(routes: Routes, scope: RequestScope, response: ServerResponse): void {
  const { head } = scope;
  const { isPreflight, headers } = scope.edge.judgeBrowser(head);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (isPreflight) return void response.writeHead(204).end();
  const allowed = routes.allowedMethods(head);
  if (allowed.length === 0) throw new WeirError('NOT_FOUND', `No route matches ${head.method} ${head.path}`);
  response.setHeader('allow', allowed.join(', '));
  throw new WeirError('METHOD_NOT_ALLOWED', `The path admits ${allowed.join(', ')}, got ${head.method}`);
}
