import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestScope } from '../edge/request-scope.ts';
import type { FieldLines } from './field-lines.ts';
import { isHopByHop, readConnectionOptions } from './hop-by-hop.ts';
import type { Route } from './route.ts';
import type { RouteExchange } from './route-exchange.ts';

/** The exchange of a request, with the end-to-end fields of the client. */
export function openExchange(
  route: Route,
  scope: RequestScope,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): RouteExchange {
  const { method, path, query, headers } = scope.head;
  return {
    route,
    scope,
    method,
    path,
    query: route.cleanQuery(query),
    headers: endToEnd(headers),
    body: hasBody(headers) ? incoming : null,
    get parameters() {
      return route.readParameters(path);
    },
    incoming,
    outgoing,
  };
}

/** RFC 9112 §6.3: only these say that a request has a body. Over HTTP/2 a body may come without either. */
function hasBody(headers: RequestScope['headers']): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function endToEnd(headers: RequestScope['headers']): FieldLines {
  const named = readConnectionOptions(headers.connection);
  const lines: FieldLines = [];
  for (const name of Object.keys(headers)) {
    if (isHopByHop(name) || name === 'host' || name === 'expect' || named?.has(name) === true) continue;
    const value = headers[name];
    if (value !== undefined && name.charCodeAt(0) !== 58) lines.push(name, value);
  }
  return lines;
}
