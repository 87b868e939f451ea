import type { RouteConfig } from '../config/config.ts';
import { parseRoutePath, type RouteSegment } from '../config/route-path.ts';
import type { StreamedResponse, Upstream } from '../transport/upstream.ts';
import { endToEndFields } from './answer-fields.ts';
import type { FieldFilter } from './field-filter.ts';
import { sendInformational } from './informational.ts';
import { compileRewrite } from './path-parameters.ts';
import { readRequestBody } from './read-body.ts';
import { RequestBody } from './request-body.ts';
import type { Answerer, RouteAnswer, RouteExchange, Upgrader } from './route-exchange.ts';
import { toTrailers } from './trailer-fields.ts';

export interface ForwardOptions {
  readonly config: RouteConfig;
  readonly segments: readonly RouteSegment[];
  readonly upstream: Upstream;
  readonly filter: FieldFilter;
  /** A body up to this many bytes is read before it is sent, where a retry may then send it again. */
  readonly maxReplayBytes: number;
}

/** Sends a request on to an upstream, and hands the answer on while it comes. */
export function compileForward(options: ForwardOptions): { readonly answer: Answerer; readonly upgrade: Upgrader } {
  const { config, upstream, filter, maxReplayBytes } = options;
  const targetOf = compileTarget(options);
  const headersOf = config.host === 'preserve' ? withClientHost : ({ headers }: RouteExchange) => headers;
  const common = { label: config.name, ...(config.timeoutMs !== undefined && { timeoutMs: config.timeoutMs }) };
  return {
    async answer(exchange) {
      const { method, outgoing, scope } = exchange;
      const body = mayReplay(exchange, maxReplayBytes)
        ? await readRequestBody(exchange.body, maxReplayBytes)
        : exchange.body;
      const answer = await upstream.stream(
        {
          ...common,
          method,
          path: targetOf(exchange),
          headers: headersOf(exchange),
          body,
          expectsContinue: body instanceof RequestBody && body.awaitsInvitation,
          onInformational: (status, headers) => sendInformational(outgoing, status, headers, filter),
        },
        scope,
      );
      return toRouteAnswer(answer, filter);
    },
    async upgrade(exchange, protocol) {
      const { method, scope } = exchange;
      const request = { ...common, method, path: targetOf(exchange), headers: headersOf(exchange), protocol };
      const answer = await upstream.upgrade(request, scope);
      if (!('socket' in answer)) return toRouteAnswer(answer, filter);
      return { headers: endToEndFields(answer.headers, filter), socket: answer.socket };
    },
  };
}

function toRouteAnswer(answer: StreamedResponse, filter: FieldFilter): RouteAnswer {
  return {
    status: answer.status,
    headers: endToEndFields(answer.headers, filter),
    // Most answers are here as a whole: no stream is made of them then.
    body: answer.takeWhole() ?? answer.body,
    trailers: () => toTrailers(answer.trailers(), filter),
  };
}

function withClientHost({ headers, scope }: RouteExchange): string[] {
  const { host } = scope.headers;
  return host === undefined ? headers : [...headers, 'host', host];
}

/** A small body of a request that may be repeated is read before it is sent: a stream could be sent only once. */
function mayReplay({ method, body, scope: { headers } }: RouteExchange, maxBytes: number): boolean {
  if (body === null || Buffer.isBuffer(body)) return false;
  if (method !== 'PUT' && method !== 'DELETE' && headers['idempotency-key'] === undefined) return false;
  return Number(headers['content-length']) <= maxBytes;
}

function compileTarget({ config: { rewrite }, segments }: ForwardOptions): (exchange: RouteExchange) => string {
  const withQuery = (path: string, query: string) => (query === '' ? path : `${path}?${query}`);
  if (rewrite === undefined) return ({ path, query }) => withQuery(path, query);
  const template = parseRoutePath(rewrite);
  if (typeof template === 'string') throw new TypeError(`Cannot rewrite to "${rewrite}": ${template}`);
  const build = compileRewrite(segments, template);
  return ({ path, query }) => withQuery(build(path), query);
}
