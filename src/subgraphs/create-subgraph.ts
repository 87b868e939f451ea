import { type DocumentNode, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import type { UpstreamConfig } from '../config/config.ts';
import type { Upstream } from '../transport/upstream.ts';
import { createGraphqlSubgraph } from './graphql/create-graphql-subgraph.ts';
import { createLocalSubgraph } from './local/create-local-subgraph.ts';
import type { LocalServices } from './local/local-services.ts';
import { createRestSubgraph } from './rest/create-rest-subgraph.ts';
import type { Complaint, Outcome, SchemaProblem } from './schema-problem.ts';
import type { Subgraph } from './subgraph.ts';
import { buildSubgraphSchema } from './subgraph-schema.ts';
import { transformSubgraph } from './transforms/transform-subgraph.ts';

export type { LocalServices } from './local/local-services.ts';

/**
 * Makes the subgraph of an upstream from its SDL, under the names and with the fields that `transforms` leave.
 * @param upstream - for the kinds that are reached over HTTP.
 * @param services - for `local`.
 * @param resolvers - for `local`: what `loadResolvers` gave.
 * @returns every problem of SDL, `entities`, `transforms` and resolvers, none of which can come up while serving.
 */
export function createSubgraph(
  config: UpstreamConfig,
  sdl: string,
  upstream: Upstream | undefined,
  services?: LocalServices,
  resolvers?: unknown,
): Outcome<Subgraph> {
  const locate = (problems: readonly Complaint[]) => ({
    ok: false as const,
    problems: problems.map((complaint): SchemaProblem => ({ upstream: config.name, file: config.file, ...complaint })),
  });
  const parsed = parseSdl(sdl);
  if ('error' in parsed) {
    const { message, locations } = parsed.error;
    const place = config.schema === undefined ? {} : { file: config.schema, ...locations?.[0] };
    return locate([
      { message: `The SDL is no valid schema: ${message}`, hint: 'Correct the SDL at its source', ...place },
    ]);
  }
  const made =
    config.kind === 'rest'
      ? createRestSubgraph(config, sdl, required(config.name, 'upstream', upstream))
      : createInOwnNames(config, sdl, parsed, upstream, services, resolvers);
  if (!made.ok) return locate(made.problems);
  if (config.kind === 'local') return made;
  const transformed = transformSubgraph(made.value, config.transforms);
  return transformed.ok ? transformed : locate(transformed.problems);
}

interface ParsedSdl {
  readonly document: DocumentNode;
  readonly schema: GraphQLSchema;
}

function createInOwnNames(
  config: Exclude<UpstreamConfig, { kind: 'rest' }>,
  sdl: string,
  { document, schema }: ParsedSdl,
  upstream: Upstream | undefined,
  services: LocalServices | undefined,
  resolvers: unknown,
): Outcome<Subgraph, Complaint> {
  switch (config.kind) {
    case 'graphql':
      return createGraphqlSubgraph(config, document, schema, required(config.name, 'upstream', upstream));
    case 'local':
      return createLocalSubgraph(config, sdl, resolvers, required(config.name, 'services', services));
  }
}

function parseSdl(sdl: string): ParsedSdl | { readonly error: GraphQLError } {
  try {
    const document = parse(sdl);
    return { document, schema: buildSubgraphSchema(document) };
  } catch (error) {
    return {
      error:
        error instanceof GraphQLError
          ? error
          : new GraphQLError(error instanceof Error ? error.message : String(error)),
    };
  }
}

function required<T>(name: string, part: string, value: T | undefined): T {
  if (value === undefined) throw new TypeError(`Cannot make a subgraph of "${name}" without its ${part}`);
  return value;
}
