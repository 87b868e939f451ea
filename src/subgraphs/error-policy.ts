import type { GraphUpstreamConfig } from '../config/config.ts';
import type { RequestContext } from '../edge/request-context.ts';
import { ERRORS, WeirError } from '../errors.ts';
import type { Subgraph, SubgraphError, SubgraphRequest, SubgraphResult } from './subgraph.ts';

export type ErrorPolicy = Exclude<GraphUpstreamConfig, { kind: 'local' }>['errors'];

/** Told of every error of a subgraph before the policy hides anything. */
export type OnSubgraphError = (error: SubgraphError, subgraph: string, context: RequestContext) => void;

/**
 * The subgraph with errors as clients may read them, so that no engine needs to know the policy. Paths stay: the engines
 * put them in place.
 */
export function applyErrorPolicy(subgraph: Subgraph, policy: ErrorPolicy, onError: OnSubgraphError): Subgraph {
  const format = compileFormat(subgraph.name, policy);
  const judge = (result: SubgraphResult, { context }: SubgraphRequest): SubgraphResult => {
    if (result.errors === undefined || result.errors.length === 0) return result;
    for (const error of result.errors) onError(error, subgraph.name, context);
    return { ...result, errors: result.errors.map(format) };
  };
  const { subscribe } = subgraph;
  return {
    ...subgraph,
    execute(request) {
      const result = subgraph.execute(request);
      return result instanceof Promise ? result.then((settled) => judge(settled, request)) : judge(result, request);
    },
    ...(subscribe !== undefined && {
      async subscribe(request: SubgraphRequest) {
        const results = await subscribe.call(subgraph, request);
        return (async function* () {
          for await (const result of results) yield judge(result, request);
        })();
      },
    }),
  };
}

function compileFormat(name: string, { mode, exposeUpstream }: ErrorPolicy): (error: SubgraphError) => SubgraphError {
  const upstream = exposeUpstream ? { upstream: name } : {};
  return ({ message, path, extensions, cause }) => {
    const place = path === undefined ? {} : { path };
    // Weir's own errors (upstream down, time-out) are for clients whatever the mode: they quote nothing of the upstream.
    if (cause instanceof WeirError) {
      return {
        message: cause.clientMessage,
        ...place,
        extensions: { ...cause.details, ...upstream, code: cause.code },
      };
    }
    if (mode === 'pass') {
      return { message, ...place, extensions: { code: 'UPSTREAM_ERROR', ...extensions, ...upstream } };
    }
    const own = mode === 'wrap' ? { upstreamError: { message, ...(extensions && { extensions }) } } : {};
    return {
      message: ERRORS.UPSTREAM_ERROR.message,
      ...place,
      extensions: { ...own, ...upstream, code: 'UPSTREAM_ERROR' },
    };
  };
}
