import { GraphQLError, parse } from 'graphql';
import type { GraphUpstreamConfig } from '../config/config.ts';
import type { Upstream } from '../transport/upstream.ts';
import { createGraphqlSubgraph } from './graphql/create-graphql-subgraph.ts';
import { createLocalSubgraph } from './local/create-local-subgraph.ts';
import type { LocalServices } from './local/local-services.ts';
import { locateComplaint } from './locate-complaint.ts';
import { createRestSubgraph } from './rest/create-rest-subgraph.ts';
import type { Complaint, Outcome, SchemaProblem } from './schema-problem.ts';
import type { Subgraph } from './subgraph.ts';
import { buildSubgraphSchema, isMachinery, type ParsedSdl } from './subgraph-schema.ts';
import { transformSubgraph } from './transforms/transform-subgraph.ts';
import type { Transforms } from './transforms/transforms.ts';
import { findUnknownTypes, type UnknownType } from './unknown-types.ts';

export type { LocalServices } from './local/local-services.ts';

/**
 * Makes the subgraph of an upstream from its SDL, under the names and with the fields that `transforms` leave.
 * @param upstream - for the kinds that are reached over HTTP.
 * @param services - for `local`.
 * @param resolvers - for `local`: what `loadResolvers` gave.
 * @returns every problem of SDL, `entities`, `transforms` and resolvers, none of which can come up while serving.
 */
export function createSubgraph(
  config: GraphUpstreamConfig,
  sdl: string,
  upstream: Upstream | undefined,
  services?: LocalServices,
  resolvers?: unknown,
): Outcome<Subgraph> {
  const made = createInOwnNames(config, sdl, upstream, services, resolvers);
  const transformed = made.ok && config.kind !== 'local' ? transform(made.value, config.transforms) : made;
  if (transformed.ok) return transformed;
  const locate = (complaint: Complaint): SchemaProblem => locateComplaint(complaint, config.name, config.file);
  return { ok: false, problems: transformed.problems.map(locate) };
}

function transform(subgraph: Subgraph, transforms: Transforms): Outcome<Subgraph, Complaint> {
  const outcome = transformSubgraph(subgraph, transforms);
  if (outcome.ok) return outcome;
  return { ok: false, problems: outcome.problems.map((complaint) => ({ key: ['transforms'], ...complaint })) };
}

function createInOwnNames(
  config: GraphUpstreamConfig,
  sdl: string,
  upstream: Upstream | undefined,
  services: LocalServices | undefined,
  resolvers: unknown,
): Outcome<Subgraph, Complaint> {
  switch (config.kind) {
    case 'graphql': {
      const parsed = parseSdl(sdl, config.schema);
      if (!parsed.ok) return parsed;
      return createGraphqlSubgraph(config, parsed.value, required(config.name, 'transport', upstream));
    }
    case 'local': {
      const parsed = parseSdl(sdl, config.schema);
      if (!parsed.ok) return parsed;
      return createLocalSubgraph(config, parsed.value.document, resolvers, required(config.name, 'services', services));
    }
    case 'rest':
      return createRestSubgraph(config, sdl, required(config.name, 'transport', upstream));
  }
}

function parseSdl(sdl: string, file: string | undefined): Outcome<ParsedSdl, Complaint> {
  const here = file === undefined ? {} : { file };
  try {
    const document = parse(sdl);
    const unknown = findUnknownTypes(document, isMachinery);
    if (unknown.length > 0) {
      const toComplaint = ({ node, name, hint }: UnknownType): Complaint => {
        const { line = 1, column = 1 } = node.loc?.startToken ?? {};
        return { message: `The SDL has no type "${name}"`, hint, ...here, ...(file !== undefined && { line, column }) };
      };
      return { ok: false, problems: unknown.map(toComplaint) };
    }
    return { ok: true, value: { document, schema: buildSubgraphSchema(document) } };
  } catch (error) {
    const place = file === undefined ? {} : { ...here, ...(error instanceof GraphQLError ? error.locations?.[0] : {}) };
    const message = `The SDL is no valid schema: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, problems: [{ message, hint: 'Correct the SDL at its source', ...place }] };
  }
}

function required<T>(name: string, part: string, value: T | undefined): T {
  if (value === undefined) throw new TypeError(`Cannot make a subgraph of "${name}" without its ${part}`);
  return value;
}
