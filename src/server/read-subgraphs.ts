import { readFile } from 'node:fs/promises';
import type { Config, UpstreamConfig } from '../config/config.ts';
import { graphUpstreamsOf } from '../config/graph-upstreams.ts';
import { compileForwarding, type Forwarding } from '../edge/forwarding/compile-forwarding.ts';
import type { Subgraph } from '../subgraphs/subgraph.ts';
import { systemClock } from '../supergraph/clock.ts';
import { createFileStore } from '../supergraph/last-good-store.ts';
import { readUpstream } from '../supergraph/upstream-reader.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createUpstream } from '../transport/create-upstream.ts';
import type { Upstream } from '../transport/upstream.ts';
import { createReader } from './upstream-readers.ts';

type ReachedUpstreamConfig = Exclude<UpstreamConfig, { kind: 'local' }>;

export interface ReadSubgraph {
  readonly subgraph: Subgraph;
  /** The schema's file and its text, where it has one. */
  readonly file: string | undefined;
  readonly source: string | undefined;
}

export interface ReadSubgraphs {
  readonly subgraphs: readonly ReadSubgraph[];
  /** Why an upstream is missing above, by its name. */
  readonly failures: ReadonlyMap<string, string>;
}

/**
 * Reads every upstream of the config once.
 * @param offline schema files and last good schemas only; nothing is sent.
 */
export async function readSubgraphs(config: Config, { offline }: { offline: boolean }): Promise<ReadSubgraphs> {
  const upstreams: Upstream[] = [];
  const store = createFileStore(config.supergraph.stateDir);
  const subgraphs: ReadSubgraph[] = [];
  const failures = new Map<string, string>();
  // Only where something is sent: offline, nothing of the deployment's secrets is needed.
  let known: Forwarding | undefined;
  const forwarding = (): Forwarding => {
    known ??= compileForwarding(config.auth);
    return known;
  };
  const parts = {
    logger: createLogger({ ...config.telemetry, logLevel: 'silent' }),
    transportOf(upstream: ReachedUpstreamConfig) {
      const credentials = forwarding().credentialsOf(upstream.name, upstream.auth);
      const transport = createUpstream(upstream, { credentials });
      upstreams.push(transport);
      return transport;
    },
    services: { query: refuse, subgraph: () => undefined },
    onSubgraphError() {},
    onJoin() {},
    auth: config.auth,
  };
  for (const upstream of graphUpstreamsOf(config)) {
    const reader = await createReader(upstream, parts);
    const isStored = offline && upstream.schema === undefined;
    const readSdl = async (signal: AbortSignal): Promise<string> => {
      if (!isStored) return reader.readSdl(signal);
      const sdl = await store.read(`upstream.${upstream.name}`);
      if (sdl === undefined) throw new Error('It has no `schema` file, and no last good schema was kept of it');
      return sdl;
    };
    const reading = await readUpstream({ ...reader, readSdl }, 10_000, new AbortController().signal, systemClock);
    if ('reason' in reading) failures.set(upstream.name, reading.reason);
    else {
      const source = upstream.schema === undefined ? undefined : await readFile(upstream.schema, 'utf8');
      subgraphs.push({ subgraph: reading.subgraph, file: upstream.schema, source });
    }
  }
  await Promise.all(upstreams.map((upstream) => upstream.close()));
  return { subgraphs, failures };
}

async function refuse(): Promise<never> {
  throw new Error('Nothing is served while schemas are read');
}
