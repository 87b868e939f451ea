import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import type { Config, GraphUpstreamConfig } from '../config/config.ts';
import { formatConfigErrors } from '../config/config-error.ts';
import { createSubgraph } from '../subgraphs/create-subgraph.ts';
import { applyErrorPolicy, type ErrorPolicy, type OnSubgraphError } from '../subgraphs/error-policy.ts';
import { readSubgraphSdl } from '../subgraphs/graphql/read-sdl.ts';
import { compileJoinKey } from '../subgraphs/join-key.ts';
import { joinQueries } from '../subgraphs/join-queries.ts';
import { loadResolvers } from '../subgraphs/local/load-resolvers.ts';
import type { LocalServices } from '../subgraphs/local/local-services.ts';
import type { Subgraph } from '../subgraphs/subgraph.ts';
import type { UpstreamReader } from '../supergraph/upstream-reader.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Upstream } from '../transport/upstream.ts';

export interface ReaderParts {
  readonly logger: Logger;
  /** The transport of an upstream; made when first asked for. */
  readonly transportOf: (config: Exclude<GraphUpstreamConfig, { kind: 'local' }>) => Upstream;
  readonly services: LocalServices;
  readonly onSubgraphError: OnSubgraphError;
  /** Told of each query that shared the request of another. */
  readonly onJoin: (upstream: string) => void;
  /** Of the config: what upstreams are shown of clients. */
  readonly auth: Pick<Config['auth'], 'forward' | 'tokensFrom'>;
}

/** Local resolvers are the deployment's own code: what they throw as GraphQLError is meant for clients. */
const LOCAL_ERRORS: ErrorPolicy = { mode: 'pass', exposeUpstream: false };

/** How to read an upstream's schema, and to make a subgraph of it. */
export async function createReader(upstream: GraphUpstreamConfig, parts: ReaderParts): Promise<UpstreamReader> {
  // Needed for the last good schema too; what is wrong with the module is told when the upstream is read.
  const loadOwn = async () => upstream.kind === 'local' && (await loadResolvers(upstream.name, upstream.resolvers));
  let resolvers: unknown = await loadOwn().catch(() => undefined);
  return {
    name: upstream.name,
    file: upstream.schema,
    async readSdl(signal) {
      const startedMs = performance.now();
      resolvers = await loadOwn();
      const sdl =
        upstream.kind === 'graphql'
          ? await readSubgraphSdl(upstream, parts.transportOf(upstream), signal)
          : await readFile(upstream.schema, { encoding: 'utf8', signal });
      const durationMs = Math.round(performance.now() - startedMs);
      parts.logger.info({ upstream: upstream.name, durationMs }, 'Schema read');
      return sdl;
    },
    makeSubgraph: (sdl) => makeSubgraph(upstream, sdl, resolvers, parts),
  };
}

/** @throws {Error} with everything that is wrong with the schema and what the upstream's file says of it. */
export function makeSubgraph(
  upstream: GraphUpstreamConfig,
  sdl: string,
  resolvers: unknown,
  parts: ReaderParts,
): Subgraph {
  const transport = upstream.kind === 'local' ? undefined : parts.transportOf(upstream);
  const made = createSubgraph(upstream, sdl, transport, parts.services, resolvers);
  if (made.ok)
    return applyErrorPolicy(
      upstream.kind === 'graphql' && upstream.joinQueries
        ? joinQueries(made.value, compileJoinKey(upstream, parts.auth), parts.onJoin)
        : made.value,
      upstream.kind === 'local' ? LOCAL_ERRORS : upstream.errors,
      parts.onSubgraphError,
    );
  const problems = made.problems.map((problem) => ({ line: 0, column: 0, ...problem }));
  throw new Error(formatConfigErrors(problems, process.cwd()).trimEnd());
}
