import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  parse,
  print,
  Source,
} from 'graphql';
import type { RestUpstreamConfig } from '../../config/config.ts';
import type { Upstream } from '../../transport/upstream.ts';
import { linkFederation } from '../federation-link.ts';
import type { Outcome } from '../schema-problem.ts';
import type { Subgraph } from '../subgraph.ts';
import { buildSubgraphSchema } from '../subgraph-schema.ts';
import { attachResolvers } from './attach-resolvers.ts';
import { checkCoverage } from './check/check-coverage.ts';
import { checkEntity } from './check/check-entity.ts';
import { checkSelection, type SelectedFields } from './check/check-selection.ts';
import { checkTypeNames } from './check/check-type-names.ts';
import { checkVariables } from './check/check-variables.ts';
import { readConnectLink } from './connect-link.ts';
import { readConnectors } from './connector.ts';
import { ConnectorCaller, type MappingEvent } from './connector-caller.ts';
import { type ConnectorGraph, linkConnectors } from './connector-graph.ts';
import { EntityFinder } from './entity-finder.ts';
import { executeOperation } from './execute-operation.ts';
import { ObjectReader } from './object-reader.ts';
import { ProblemList } from './problem-list.ts';
import { readSources } from './source.ts';
import { declareKeys, withoutConnectors } from './subgraph-sdl.ts';

export interface RestSubgraphOptions {
  /** `$config` of the mappings. Default: empty. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** `$env` of the mappings. Default: the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Told of what mappings left out because an answer lacks it. */
  readonly onEvent?: (event: MappingEvent) => void;
}

/** The subgraph that the SDL of a REST upstream describes with `@source` and `@connect`; or all that is wrong with the SDL. */
export function createRestSubgraph(
  config: RestUpstreamConfig,
  sdl: string,
  upstream: Upstream,
  options: RestSubgraphOptions = {},
): Outcome<Subgraph> {
  const problems = new ProblemList(config.name, config.schema);
  const compiled = compile(config, sdl, problems);
  if (compiled === undefined || !problems.isEmpty) return { ok: false, problems: problems.sorted };

  const { graph, document } = compiled;
  const { config: configVariable = {}, env = process.env, onEvent } = options;
  const caller = new ConnectorCaller(upstream, { config: configVariable, env, onEvent });
  const schema = buildSubgraphSchema(document);
  attachResolvers(schema, graph, new ObjectReader(graph, caller, new EntityFinder(caller)));
  const subgraph: Subgraph = {
    name: config.name,
    sdl: print(document),
    url: config.endpoints[0]?.url ?? '',
    execute: (request) => executeOperation(schema, request, subgraph),
  };
  return { ok: true, value: subgraph };
}

function compile(
  config: RestUpstreamConfig,
  sdl: string,
  problems: ProblemList,
): { readonly graph: ConnectorGraph; readonly document: DocumentNode } | undefined {
  const document = parseSdl(config, sdl, problems);
  const link = document && readConnectLink(document, problems);
  if (document === undefined || link === undefined) return undefined;
  // The endpoints say where requests go. The path of a baseURL counts only where no endpoint has a path of its own.
  const keepsBasePath = config.endpoints.every(({ url }) => new URL(url).pathname === '/');
  const sources = readSources(document, link, keepsBasePath, problems);
  const connectors = readConnectors(document, link, sources, problems);
  const plain = withoutConnectors(document, link);
  checkTypeNames(plain, problems);
  const schema = buildSchema(plain, problems);
  if (schema === undefined) return undefined;
  if (connectors.length === 0 && problems.isEmpty) {
    problems.addAt({ line: 1, column: 1 }, 'The schema has no connectors', 'Add @connect(…) to the fields of Query');
  }

  const graph = linkConnectors(schema, connectors, (typeName, fieldName) => {
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    return field && getNamedType(field.type).name;
  });
  const selected: SelectedFields = { fields: new Set(), openTypes: new Set(), lacks: [] };
  for (const connector of connectors) {
    checkVariables(connector, schema, link.version, problems);
    checkEntity(connector, graph, problems);
    checkSelection(connector, graph, selected, problems);
  }
  // A connector that could not be read is missed by this check, which would blame the fields that it gives.
  if (problems.isEmpty) checkCoverage(plain, graph, selected, problems);
  return { graph, document: linkFederation(declareKeys(plain, graph)) };
}

function parseSdl(config: RestUpstreamConfig, sdl: string, problems: ProblemList): DocumentNode | undefined {
  try {
    return parse(new Source(sdl, config.schema));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    problems.addAt(error.locations?.[0], error.message, 'Correct the SDL');
    return undefined;
  }
}

function buildSchema(document: DocumentNode, problems: ProblemList): GraphQLSchema | undefined {
  try {
    return buildSubgraphSchema(document);
  } catch (error) {
    // The unknown types that this would be about are told already.
    if (problems.isEmpty)
      problems.addAt(undefined, error instanceof Error ? error.message : 'The SDL makes no schema', 'Correct the SDL');
    return undefined;
  }
}
