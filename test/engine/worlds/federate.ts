import { composeServices } from '@theguild/federation-composition';
import { execute, type GraphQLSchema, parse } from 'graphql';
import type { RequestContext } from '../../../src/edge/request-context.ts';
import {
  type CompiledEngine,
  type CompiledEngineOptions,
  createCompiledEngine,
} from '../../../src/engine/compiled-engine.ts';
import { coerceVariables } from '../../../src/planner/coerce-variables.ts';
import type { EngineResponse } from '../../../src/planner/engine.ts';
import { normaliserOf } from '../../../src/planner/normalise.ts';
import type { Subgraph } from '../../../src/subgraphs/subgraph.ts';
import { readSupergraph } from '../../../src/supergraph/supergraph.ts';
import { createFederatedSubgraph, LINK, type Thing, type World } from './federated-subgraph.ts';

export interface Federation {
  readonly supergraphSdl: string;
  readonly apiSchema: GraphQLSchema;
  readonly subgraphs: ReadonlyMap<string, Subgraph>;
}

export function compose(services: readonly { readonly name: string; readonly sdl: string }[]): {
  readonly supergraphSdl: string;
  readonly apiSchema: GraphQLSchema;
} {
  const { supergraphSdl, errors } = composeServices(
    services.map(({ name, sdl }) => ({ name, url: `http://${name}.invalid`, typeDefs: parse(`${LINK}\n${sdl}`) })),
  );
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n'));
  return { supergraphSdl, apiSchema: readSupergraph(supergraphSdl).apiSchema };
}

export function federate(world: World): Federation {
  const subgraphs = world.subgraphs.map((definition) => createFederatedSubgraph(world, definition));
  return { ...compose(world.subgraphs), subgraphs: new Map(subgraphs.map((subgraph) => [subgraph.name, subgraph])) };
}

export function createEngine(federation: Federation, options: Partial<CompiledEngineOptions> = {}): CompiledEngine {
  return createCompiledEngine({ ...federation, ...options });
}

/** The answer of a server that has all of a world's data itself. */
export async function executeMonolith(
  world: World,
  apiSchema: GraphQLSchema,
  text: string,
  variableValues: Readonly<Record<string, unknown>> = {},
): Promise<{
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly path?: unknown }[];
}> {
  return execute({
    schema: apiSchema,
    document: parse(text),
    variableValues,
    rootValue: world.rootValue,
    typeResolver: (value) => (value as Thing).__typename,
  }) as never;
}

/** Normalises, coerces and runs an operation. */
export async function run(
  engine: CompiledEngine,
  apiSchema: GraphQLSchema,
  text: string,
  raw: Readonly<Record<string, unknown>> = {},
  context: Partial<RequestContext> = {},
): Promise<EngineResponse & { readonly dataText: string }> {
  const normaliser = normaliserOf(apiSchema, parse(text), null);
  const { variables, errors } = coerceVariables(apiSchema, normaliser.definition, raw);
  if (variables === undefined) throw errors[0];
  const operation = normaliser.apply(variables);
  const response = await engine.execute({ operation, variables, context: createContext(context) });
  if (!('dataText' in response)) throw new TypeError('Expected text from the compiled engine');
  return response;
}

export function createContext(overrides: Partial<RequestContext> = {}): RequestContext {
  return {
    requestId: 'test',
    headers: {},
    clientAddress: '127.0.0.1',
    identity: null,
    signal: new AbortController().signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    traceContext: undefined as never,
    scoped: new Map(),
    ...overrides,
  };
}
