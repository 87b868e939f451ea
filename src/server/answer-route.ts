import type { IncomingMessage, ServerResponse } from 'node:http';
import { admit } from '../edge/admit.ts';
import type { NormalPath } from '../edge/normal-path.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import { WeirError } from '../errors.ts';
import { checkRequest } from '../proxy/check-request.ts';
import { type FieldLines, setFields } from '../proxy/field-lines.ts';
import { openExchange } from '../proxy/open-exchange.ts';
import type { Routes } from '../proxy/route.ts';
import { writeAnswer } from '../proxy/write-answer.ts';

/** A request that is neither for the graph nor for the gateway itself. */
export interface RouteRequest {
  readonly scope: RequestScope;
  readonly normal: NormalPath;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Field lines of the gateway for the answer, whatever it is; those of the edge are added. */
  readonly own: FieldLines;
}

/**
 * Answers a request by its route, once the edge has let it in.
 * @throws {WeirError} `NOT_FOUND`, `METHOD_NOT_ALLOWED`, what the edge and the route refuse, and what went wrong upstream.
 */
export async function answerRoute(routes: Routes, received: RouteRequest): Promise<void> {
  const { scope, normal, request, response, own } = received;
  const route = routes.match(scope.head);
  if (route === undefined) return refuseUnmatched(routes, received);
  const { headers, isPreflight, error } = await admit(scope, {
    kind: 'rest',
    route: route.name,
    identify: route.identify,
  });
  for (const [name, value] of headers) own.push(name, value);
  if (isPreflight) return answerPreflight(response, own);
  if (error !== undefined) throw error;
  checkRequest(route, normal, request, scope.head);
  const exchange = openExchange(route, scope, request, response, routes.rules);
  const timeoutMs = exchange.body === null ? route.timeoutMs : route.uploadTimeoutMs;
  if (timeoutMs !== undefined) scope.setTimeout(timeoutMs);
  await writeAnswer(exchange, await route.answer(exchange), own);
}

/** Browsers ask before they send: the answer to that does not depend on a route for OPTIONS. */
function refuseUnmatched(routes: Routes, { scope, response, own }: RouteRequest): void {
  const { head } = scope;
  const { isPreflight, headers } = scope.edge.judgeBrowser(head);
  for (const [name, value] of Object.entries(headers)) own.push(name, value);
  if (isPreflight) {
    answerPreflight(response, own);
    return;
  }
  const allowed = routes.allowedMethods(head);
  if (allowed.length === 0) throw new WeirError('NOT_FOUND', `No route matches ${head.method} ${head.path}`);
  own.push('allow', allowed.join(', '));
  throw new WeirError('METHOD_NOT_ALLOWED', `The path admits ${allowed.join(', ')}, got ${head.method}`);
}

export function answerPreflight(response: ServerResponse, own: FieldLines): void {
  setFields(response, own);
  response.writeHead(204).end();
}
