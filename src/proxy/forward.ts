import type { RouteConfig } from '../config/config.ts';
import type { RouteSegment } from '../config/route-path.ts';
import { parseRoutePath } from '../config/route-path.ts';
import type { Upstream } from '../transport/upstream.ts';
import type { FieldLines } from './field-lines.ts';
import { isHopByHop, readConnectionOptions } from './hop-by-hop.ts';
import { compileRewrite } from './path-parameters.ts';
import type { Answerer } from './route-exchange.ts';

/** Sends a request on to an upstream and hands the answer on while it comes. */
export function compileForward(config: RouteConfig, segments: readonly RouteSegment[], upstream: Upstream): Answerer {
  const template = config.rewrite === undefined ? undefined : parseRoutePath(config.rewrite);
  const rewrite = template === undefined ? undefined : compileRewrite(segments, template as readonly RouteSegment[]);
  const label = config.name;
  return async (exchange) => {
    const { method, query, headers, body, scope } = exchange;
    const path = rewrite === undefined ? exchange.path : rewrite(exchange.path);
    const target = query === '' ? path : `${path}?${query}`;
    const answer = await upstream.stream({ method, path: target, headers, body, label }, scope);
    return {
      status: answer.status,
      headers: endToEnd(answer.headers),
      body: answer.body,
      trailers: answer.trailers,
    };
  };
}

function endToEnd(lines: readonly string[]): FieldLines {
  let connection: string | undefined;
  const kept: FieldLines = [];
  for (let at = 0; at < lines.length; at += 2) {
    const name = (lines[at] as string).toLowerCase();
    if (name === 'connection') connection = lines[at + 1];
    else if (!isHopByHop(name)) kept.push(name, lines[at + 1] as string);
  }
  const named = readConnectionOptions(connection);
  return named === undefined ? kept : kept.filter((_, at) => !named.has(kept[at - (at % 2)] as string));
}
