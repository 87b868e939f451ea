import { readFile } from 'node:fs/promises';
import type { Config, UpstreamConfig } from '../config/config.ts';
import { defaultUpstream } from '../config/default-upstream.ts';
import { createSubgraph } from '../subgraphs/create-subgraph.ts';
import { readSubgraphSdl } from '../subgraphs/graphql/read-sdl.ts';
import { loadResolvers } from '../subgraphs/local/load-resolvers.ts';
import type { LocalServices } from '../subgraphs/local/local-services.ts';
import { formatSchemaProblems } from '../subgraphs/schema-problem.ts';
import type { Subgraph } from '../subgraphs/subgraph.ts';
import { createComposedSupergraph } from '../supergraph/composed-supergraph.ts';
import { createFileStore } from '../supergraph/last-good-store.ts';
import { createSuppliedSupergraph } from '../supergraph/supplied-supergraph.ts';
import type { SupergraphListener, SupergraphWatcher } from '../supergraph/supergraph-watcher.ts';
import type { UpstreamReader } from '../supergraph/upstream-reader.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Upstream } from '../transport/upstream.ts';

/** Longest wait for the schema of one upstream, milliseconds. */
const READ_TIMEOUT_MS = 10_000;

export interface WatchParts {
  readonly logger: Logger;
  readonly listener: SupergraphListener;
  /** The transport of an upstream; made when first asked for. */
  readonly transportOf: (config: Exclude<UpstreamConfig, { kind: 'local' }>) => Upstream;
  readonly services: LocalServices;
}

/** The supergraph that the config asks for: composed from its upstreams, or from elsewhere. */
export async function watchSupergraph(config: Config, parts: WatchParts): Promise<SupergraphWatcher> {
  const { source, stateDir, pollIntervalMs, retryIntervalMs } = config.supergraph;
  const store = createFileStore(stateDir);
  const { listener } = parts;
  const readers = config.upstreams.map((upstream) => createReader(upstream, parts));
  const common = { store, listener, readTimeoutMs: READ_TIMEOUT_MS };
  if (source === undefined) return createComposedSupergraph({ ...common, readers, retryIntervalMs });
  const described = await makeDescribed(config.upstreams, readers);
  return createSuppliedSupergraph({
    ...common,
    source,
    pollIntervalMs,
    makeSubgraph({ name, url }) {
      const known = described.get(name);
      if (known !== undefined) return known;
      const upstream = config.upstreams.find((each) => each.name === name) ?? defaultUpstream(name, url);
      return makeSubgraph(upstream, 'type Query', undefined, parts);
    },
  });
}

/**
 * Upstreams that need more than their URL to take part in a supergraph from elsewhere: connectors, lookups and local
 * code are read from their schema files.
 */
async function makeDescribed(
  upstreams: Config['upstreams'],
  readers: readonly UpstreamReader[],
): Promise<ReadonlyMap<string, Subgraph>> {
  const described = new Map<string, Subgraph>();
  for (const [index, upstream] of upstreams.entries()) {
    const reader = readers[index];
    if (upstream.schema === undefined || reader === undefined) continue;
    const sdl = await reader.readSdl(AbortSignal.timeout(READ_TIMEOUT_MS));
    described.set(upstream.name, reader.makeSubgraph(sdl));
  }
  return described;
}

function createReader(upstream: UpstreamConfig, parts: WatchParts): UpstreamReader {
  let resolvers: unknown;
  return {
    name: upstream.name,
    file: upstream.schema,
    async readSdl(signal) {
      const startedMs = performance.now();
      if (upstream.kind === 'local') resolvers = await loadResolvers(upstream.name, upstream.resolvers);
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
function makeSubgraph(upstream: UpstreamConfig, sdl: string, resolvers: unknown, parts: WatchParts): Subgraph {
  const { services } = parts;
  const transport = upstream.kind === 'local' ? undefined : parts.transportOf(upstream);
  const made = createSubgraph(upstream, sdl, { upstream: transport, resolvers, services });
  if (made.ok) return made.value;
  throw new Error(formatSchemaProblems(made.problems));
}
