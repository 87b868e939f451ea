import type { GraphQLSchema } from 'graphql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Config } from '../config/config.ts';
import type { Limiter } from '../edge/limits/limiter.ts';
import type { Engine } from '../planner/engine.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Plugin, ServerContext } from './context.ts';
import { graphiqlOptions } from './graphiql.ts';
import { createMaskError } from './mask-error.ts';
import { useEngines } from './use-engines.ts';
import { useFieldAuth } from './use-field-auth.ts';
import { useFieldLimits } from './use-field-limits.ts';
import { useIntrospectionSwitch } from './use-introspection-switch.ts';
import { useOperation } from './use-operation.ts';
import { useOperationGate } from './use-operation-gate.ts';

export interface YogaParts {
  readonly config: Config;
  readonly schema: GraphQLSchema;
  /** In the order of preference. */
  readonly engines: readonly Engine[];
  readonly limiter: Limiter;
  /** Of the user, from `plugins:`. */
  readonly plugins: readonly Plugin[];
  /** Whether GraphiQL shows what is wrong with the last change. */
  readonly isDev: boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export type Yoga = YogaServerInstance<ServerContext, object>;

/** The GraphQL endpoint of one graph; a new graph gets a new one. */
export function createGraphQLServer(parts: YogaParts): Yoga {
  const { config, schema, logger, metrics } = parts;
  return createYoga<ServerContext, object>({
    schema,
    graphqlEndpoint: config.graphql.path,
    landingPage: false,
    cors: false,
    logging: false,
    maskedErrors: { maskError: createMaskError(logger) },
    ...graphiqlOptions(config.graphql, parts.isDev),
    plugins: [
      // The user's first: they see requests as clients send them.
      ...parts.plugins,
      useIntrospectionSwitch(config.graphql.introspection),
      // Rules judge the normal form, so it comes before them.
      useOperation(),
      // A refused identity does not use up a limit.
      useFieldAuth(),
      useOperationGate(schema),
      useFieldLimits(schema, config.rateLimit, parts.limiter),
      // Last: what the rules left is run.
      useEngines(parts.engines, metrics),
    ],
  });
}
