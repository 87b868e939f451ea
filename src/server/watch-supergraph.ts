import { readFile } from 'node:fs/promises';
import type { Config, UpstreamConfig } from '../config/config.ts';
import { defaultUpstream } from '../config/default-upstream.ts';
import { createSubgraph, type LocalServices } from '../subgraphs/create-subgraph.ts';
import { readSubgraphSdl } from '../subgraphs/graphql/read-sdl.ts';
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
  if (source === undefined) {
    const readers = config.upstreams.map((upstream) => createReader(upstream, parts));
    return createComposedSupergraph({ readers, store, readTimeoutMs: READ_TIMEOUT_MS, retryIntervalMs, listener });
  }
  const described = await readDescribed(config.upstreams, parts);
  return createSuppliedSupergraph({
    source,
    pollIntervalMs,
    readTimeoutMs: READ_TIMEOUT_MS,
    store,
    listener,
    makeSubgraph({ name, url }) {
      const known = described.get(name);
      if (known !== undefined) return known;
      const upstream = config.upstreams.find((each) => each.name === name) ?? defaultUpstream(name, url);
      return makeSubgraph(upstream, '', parts);
    },
  });
}

/**
 * Upstreams that need more than their URL to take part in a supergraph from elsewhere: connectors, lookups and local
 * code are read from their schema files.
 */
async function readDescribed(upstreams: Config['upstreams'], parts: WatchParts): Promise<Map<string, Subgraph>> {
  const described = new Map<string, Subgraph>();
  for (const upstream of upstreams) {
    if (upstream.schema === undefined) continue;
    described.set(upstream.name, makeSubgraph(upstream, await readFile(upstream.schema, 'utf8'), parts));
  }
  return described;
}

function createReader(upstream: UpstreamConfig, parts: WatchParts): UpstreamReader {
  return {
    name: upstream.name,
    file: upstream.schema,
    async readSdl(signal) {
      const startedMs = performance.now();
      const sdl =
        upstream.kind === 'graphql'
          ? await readSubgraphSdl(upstream, parts.transportOf(upstream), signal)
          : await readFile(upstream.schema, { encoding: 'utf8', signal });
      parts.logger.info({ upstream: upstream.name, durationMs: Math.round(performance.now() - startedMs) }, 'Schema read');
      return sdl;
    },
    makeSubgraph: (sdl) => makeSubgraph(upstream, sdl, parts),
  };
}

/** @throws {Error} with everything that is wrong with the schema and what the upstream's file says of it. */
function makeSubgraph(upstream: UpstreamConfig, sdl: string, parts: WatchParts): Subgraph {
  const transport = upstream.kind === 'local' ? undefined : parts.transportOf(upstream);
  const made = createSubgraph(upstream, sdl, transport, parts.services);
  if (made.ok) return made.value;
  throw new Error(formatSchemaProblems(made.problems));
}
