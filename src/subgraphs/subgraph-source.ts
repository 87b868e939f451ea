import type { UpstreamConfig } from '../config/config.ts';
import type { Upstream } from '../transport/upstream.ts';
import { createSubgraph } from './create-subgraph.ts';
import { readSubgraphSdl } from './graphql/read-sdl.ts';
import { loadResolvers } from './local/load-resolvers.ts';
import type { LocalServices } from './local/local-services.ts';
import { readSchemaFile } from './read-schema-file.ts';
import { SchemaProblemsError } from './schema-problem.ts';
import type { Subgraph } from './subgraph.ts';

/** Where a subgraph comes from, whatever the kind of its upstream. Reading and making are apart: an SDL may be kept from before. */
export interface SubgraphSource {
  readonly name: string;
  /** The file that holds the SDL; `undefined`: the service has it. */
  readonly file: string | undefined;
  /** Also loads the resolvers of a local upstream, anew where they have changed. Rejects with a message for operators. */
  readSdl(signal: AbortSignal): Promise<string>;
  /** @throws {SchemaProblemsError} */
  makeSubgraph(sdl: string): Subgraph;
}

/** @param upstream - for the kinds that are reached over HTTP. */
export function createSubgraphSource(
  config: UpstreamConfig,
  upstream: Upstream | undefined,
  services: LocalServices,
): SubgraphSource {
  let resolvers: unknown;
  return {
    name: config.name,
    file: config.schema,
    async readSdl(signal) {
      if (config.kind === 'graphql' && config.schema === undefined) {
        if (upstream === undefined)
          throw new TypeError(`Cannot read the schema of "${config.name}" without its upstream`);
        return readSubgraphSdl(config, upstream, signal);
      }
      if (config.kind === 'local') resolvers = await loadResolvers(config.name, config.resolvers);
      return readSchemaFile(config.name, config.schema ?? '', signal);
    },
    makeSubgraph(sdl) {
      const made = createSubgraph(config, sdl, upstream, services, resolvers);
      if (made.ok) return made.value;
      throw new SchemaProblemsError(made.problems);
    },
  };
}
