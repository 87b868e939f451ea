import { readFile } from 'node:fs/promises';
import type { Config, GraphUpstreamConfig } from '../config/config.ts';
import { defaultUpstream } from '../config/default-upstream.ts';
import { graphUpstreamsOf } from '../config/graph-upstreams.ts';
import type { Subgraph } from '../subgraphs/subgraph.ts';
import { createComposedSupergraph } from '../supergraph/composed-supergraph.ts';
import { createFileStore } from '../supergraph/last-good-store.ts';
import type { SupergraphListener, SupergraphWatcher } from '../supergraph/supergraph-watcher.ts';
import { createSuppliedSupergraph } from '../supergraph/supplied-supergraph.ts';
import type { UpstreamReader } from '../supergraph/upstream-reader.ts';
import { createReader, makeSubgraph, type ReaderParts } from './upstream-readers.ts';

/** Longest wait for the schema of one upstream, milliseconds. */
const READ_TIMEOUT_MS = 10_000;

export interface WatchParts extends ReaderParts {
  readonly listener: SupergraphListener;
}

/** The supergraph that the config asks for: composed from its upstreams, or from elsewhere. */
export async function watchSupergraph(config: Config, parts: WatchParts): Promise<SupergraphWatcher> {
  const { source, stateDir, pollIntervalMs, retryIntervalMs } = config.supergraph;
  const store = createFileStore(stateDir);
  const { listener } = parts;
  const upstreams = graphUpstreamsOf(config);
  const readers = await Promise.all(upstreams.map((upstream) => createReader(upstream, parts)));
  const common = { store, listener, readTimeoutMs: READ_TIMEOUT_MS };
  if (source === undefined) {
    // What was committed tells which fields are lost where no start was whole yet.
    const snapshot = await readFile(config.supergraph.snapshot, 'utf8').catch(() => undefined);
    return createComposedSupergraph({ ...common, readers, retryIntervalMs, snapshot });
  }
  const described = await makeDescribed(upstreams, readers);
  return createSuppliedSupergraph({
    ...common,
    source,
    pollIntervalMs,
    makeSubgraph({ name, url }) {
      const known = described.get(name);
      if (known !== undefined) return known;
      const upstream = upstreams.find((each) => each.name === name) ?? defaultUpstream(name, url);
      return makeSubgraph(upstream, 'type Query', undefined, parts);
    },
  });
}

/**
 * Upstreams that need more than their URL to take part in a supergraph from elsewhere: connectors, lookups and local
 * code are read from their schema files.
 */
async function makeDescribed(
  upstreams: readonly GraphUpstreamConfig[],
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
