import type { RouteConfig } from '../config/config.ts';
import { parseRoutePath, type RouteSegment } from '../config/route-path.ts';
import type { Upstream } from '../transport/upstream.ts';
import type { FieldFilter } from './field-filter.ts';
import type { FieldLines } from './field-lines.ts';
import { readConnectionOptions } from './hop-by-hop.ts';
import { sendInformational } from './informational.ts';
import { compileRewrite } from './path-parameters.ts';
import { readRequestBody } from './read-body.ts';
import type { Answerer } from './route-exchange.ts';
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
export function compileForward({ config, segments, upstream, filter, maxReplayBytes }: ForwardOptions): Answerer {
  const rewrite = compileTarget(config, segments);
  const preservesHost = config.host === 'preserve';
  const { name: label, timeoutMs } = config;
  const mayReplay = (method: string, headers: RouteHeaders) =>
    (method === 'PUT' || method === 'DELETE' || headers['idempotency-key'] !== undefined) &&
    Number(headers['content-length']) <= maxReplayBytes;
  return async (exchange) => {
    const { method, query, scope, outgoing } = exchange;
    const path = rewrite(exchange.path);
    const { host } = scope.headers;
    const isFlowing = exchange.body !== null && !Buffer.isBuffer(exchange.body);
    const answer = await upstream.stream(
      {
        method,
        path: query === '' ? path : `${path}?${query}`,
        headers: preservesHost && host !== undefined ? [...exchange.headers, 'host', host] : exchange.headers,
        body:
          isFlowing && mayReplay(method, scope.headers)
            ? await readRequestBody(exchange.body, maxReplayBytes)
            : exchange.body,
        label,
        ...(timeoutMs !== undefined && { timeoutMs }),
        onInformational: (status, headers) => sendInformational(outgoing, status, headers, filter),
      },
      scope,
    );
    const { status, body, trailers } = answer;
    return { status, headers: endToEnd(answer.headers, filter), body, trailers: () => toTrailers(trailers(), filter) };
  };
}

type RouteHeaders = Readonly<Record<string, string | undefined>>;

function compileTarget({ rewrite }: RouteConfig, segments: readonly RouteSegment[]): (path: string) => string {
  if (rewrite === undefined) return (path) => path;
  const template = parseRoutePath(rewrite);
  if (typeof template === 'string') throw new TypeError(`Cannot rewrite to "${rewrite}": ${template}`);
  return compileRewrite(segments, template);
}

function endToEnd(lines: readonly string[], filter: FieldFilter): FieldLines {
  let connection: string | undefined;
  const kept: FieldLines = [];
  for (let at = 0; at < lines.length; at += 2) {
    const name = (lines[at] as string).toLowerCase();
    const value = lines[at + 1] as string;
    if (name === 'connection') connection = connection === undefined ? value : `${connection},${value}`;
    else if (filter.passesAnswer(name)) kept.push(name, value);
  }
  const named = readConnectionOptions(connection);
  return named === undefined ? kept : kept.filter((_, at) => !named.has(kept[at - (at % 2)] as string));
}
