import { readFileSync } from 'node:fs';
import { type ExecutionResult, execute, GraphQLScalarType, type GraphQLSchema, parse, validate } from 'graphql';
import { createShopData } from '../../examples/data/shop-data.ts';
import { buildExecutableSchema, type Resolvers } from '../../examples/services/executable-schema.ts';
import { DateTime, Long } from '../../examples/services/scalars.ts';
import type { Identity } from '../../src/edge/request-context.ts';
import { protectFields } from './access.ts';
import { accountsResolvers } from './accounts.ts';
import { catalogResolvers } from './catalog.ts';
import { inventoryResolvers } from './inventory.ts';
import { ordersResolvers } from './orders.ts';
import { reviewsResolvers } from './reviews.ts';
import { createShopWorld, type MonolithContext } from './shop-world.ts';
import { storefrontResolvers } from './storefront.ts';

/** The whole shop as one schema over the same records: what the gateway answers must be what this answers. */
export interface Monolith {
  /** What clients of the gateway see. */
  readonly schema: GraphQLSchema;
  /** Runs a query or mutation; a document that is not valid gives `errors` alone. */
  execute(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    identity?: Identity | null,
  ): Promise<ExecutionResult>;
}

const SDL = readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8');

/** Each monolith has its own records, as each start of the services has. */
export function buildMonolith(): Monolith {
  const world = createShopWorld(createShopData());
  const resolvers = mergeResolvers([
    { DateTime, Long },
    accountsResolvers(world),
    catalogResolvers(world),
    inventoryResolvers(world),
    reviewsResolvers(world),
    ordersResolvers(world),
    storefrontResolvers(world),
  ]);
  const schema = buildExecutableSchema(parse(SDL), resolvers);
  protectFields(schema);

  return {
    schema,
    async execute(query, variables = {}, identity = null) {
      const document = parse(query);
      const errors = validate(schema, document);
      if (errors.length > 0) return { errors };
      const contextValue: MonolithContext = { identity };
      return execute({ schema, document, variableValues: variables, contextValue });
    },
  };
}

function mergeResolvers(parts: readonly Resolvers<MonolithContext>[]): Resolvers<MonolithContext> {
  const merged: Resolvers<MonolithContext> = {};
  for (const [type, resolvers] of parts.flatMap((part) => Object.entries(part))) {
    const before = merged[type];
    if (before instanceof GraphQLScalarType || resolvers instanceof GraphQLScalarType) merged[type] = resolvers;
    else merged[type] = { ...before, ...resolvers };
  }
  return merged;
}
