import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { isHttp2 } from '../edge/is-http2.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import type { FieldFilter } from './field-filter.ts';
import type { FieldLines } from './field-lines.ts';
import type { AddForwardingFields } from './forwarding-fields.ts';
import { readConnectionOptions } from './hop-by-hop.ts';
import { RequestBody } from './request-body.ts';
import type { Route } from './route.ts';
import type { RouteExchange } from './route-exchange.ts';
import type { NextVia } from './via.ts';

/** What all routes say of requests that they send on. */
export interface ExchangeRules {
  readonly filter: FieldFilter;
  readonly addForwardingFields: AddForwardingFields;
  readonly nextVia: NextVia;
  /** The query without credentials. */
  readonly cleanQuery: (query: string) => string;
}

/**
 * The exchange of a request on its way to the answerer of its route.
 * @throws {WeirError} `LOOP_DETECTED`, `AMBIGUOUS_HEADER`.
 */
export function openExchange(
  route: Route,
  scope: RequestScope,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  rules: ExchangeRules,
): RouteExchange {
  const { method, path, query, headers } = scope.head;
  const lines = endToEnd(headers, rules.filter);
  const via = rules.nextVia(headers.via, incoming.httpVersion);
  if (via !== undefined) lines.push('via', via);
  const body = hasBody(incoming)
    ? new RequestBody({
        incoming,
        scope,
        maxBytes: route.config.maxBodyBytes,
        awaitsInvitation: expectsContinue(incoming),
        filter: rules.filter,
      })
    : null;
  const exchange = new OpenExchange(
    route,
    scope,
    incoming,
    outgoing,
    { method, path, query: rules.cleanQuery(query) },
    lines,
    body,
  );
  rules.addForwardingFields(lines, exchange);
  return exchange;
}

class OpenExchange implements RouteExchange {
  readonly route: Route;
  readonly scope: RequestScope;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  method: string;
  path: string;
  query: string;
  headers: FieldLines;
  body: RouteExchange['body'];

  constructor(
    route: Route,
    scope: RequestScope,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    target: Pick<RouteExchange, 'method' | 'path' | 'query'>,
    headers: FieldLines,
    body: RouteExchange['body'],
  ) {
    this.route = route;
    this.scope = scope;
    this.incoming = incoming;
    this.outgoing = outgoing;
    this.method = target.method;
    this.path = target.path;
    this.query = target.query;
    this.headers = headers;
    this.body = body;
  }

  get parameters(): Readonly<Record<string, string>> {
    return this.route.readParameters(this.scope.head.path);
  }
}

/** RFC 9112 §6.3: over HTTP/1.1 only these fields say that there is a body; an HTTP/2 stream says it by going on. */
function hasBody(incoming: IncomingMessage): boolean {
  const length = incoming.headers['content-length'];
  if (isHttp2(incoming)) {
    return length !== '0' && !(incoming as unknown as Http2ServerRequest).stream.endAfterHeaders;
  }
  return incoming.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** RFC 9110 §10.1.1: not of HTTP/1.0. */
function expectsContinue({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.expect !== undefined && httpVersion !== '1.0';
}

function endToEnd(headers: RequestScope['headers'], filter: FieldFilter): FieldLines {
  const named = readConnectionOptions(headers.connection);
  const lines: FieldLines = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value === undefined || !filter.passesRequest(name)) continue;
    if (named === undefined || !named.has(name)) lines.push(name, value);
  }
  // Trailers are handed on, so that the upstream may send some (RFC 9110 §10.1.4).
  if (headers.te !== undefined && /(?:^|,)\s*trailers\s*(?:,|$)/i.test(headers.te)) lines.push('te', 'trailers');
  return lines;
}
