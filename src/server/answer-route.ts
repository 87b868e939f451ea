import type { IncomingMessage, ServerResponse } from 'node:http';
import { admit } from '../edge/admit.ts';
import type { NormalPath } from '../edge/normal-path.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import { WeirError } from '../errors.ts';
import { checkRequest } from '../proxy/check-request.ts';
import { openExchange } from '../proxy/open-exchange.ts';
import type { Routes } from '../proxy/route.ts';
import { writeAnswer } from '../proxy/write-answer.ts';
import { ownFieldsOf, putOwnFields } from './own-fields.ts';

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
  const route = routes.match(scope.head);
  if (route === undefined) {
    refuseUnmatched(routes, scope, response);
    return;
  }
  const admitted = admit(scope, { kind: 'rest', route: route.name, identify: route.identify });
  const { headers, isPreflight, error } = admitted instanceof Promise ? await admitted : admitted;
  const own = ownFieldsOf(response);
  for (const [name, value] of headers) own.push(name, value);
  if (isPreflight) {
    answerPreflight(response);
    return;
  }
  if (error !== undefined) throw error;
  checkRequest(route, normal, request, scope.head);
  const exchange = openExchange(route, scope, request, response, routes.rules);
  const timeoutMs = exchange.body === null ? route.timeoutMs : route.uploadTimeoutMs;
  if (timeoutMs !== undefined) scope.setTimeout(timeoutMs);
  const written = writeAnswer(exchange, await route.answer(exchange), own);
  // Most answers are here as a whole, and written at once.
  if (written !== undefined) await written;
}

/** Browsers ask before they send: the answer to that does not depend on a route for OPTIONS. */
function refuseUnmatched(routes: Routes, { head, edge }: RequestScope, response: ServerResponse): void {
  const own = ownFieldsOf(response);
  const { isPreflight, headers } = edge.judgeBrowser(head);
  for (const [name, value] of Object.entries(headers)) own.push(name, value);
  if (isPreflight) {
    answerPreflight(response);
    return;
  }
  const allowed = routes.allowedMethods(head);
  if (allowed.length === 0) throw new WeirError('NOT_FOUND', `No route matches ${head.method} ${head.path}`);
  own.push('allow', allowed.join(', '));
  throw new WeirError('METHOD_NOT_ALLOWED', `The path admits ${allowed.join(', ')}, got ${head.method}`);
}

function answerPreflight(response: ServerResponse): void {
  putOwnFields(response);
  response.writeHead(204).end();
}
