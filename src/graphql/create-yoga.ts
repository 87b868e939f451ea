import type { GraphQLSchema } from 'graphql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Config } from '../config/config.ts';
import type { Compressor } from '../content-coding/compressor.ts';
import type { Limiter } from '../edge/limits/limiter.ts';
import type { Engine } from '../planner/engine.ts';
import type { QueryPlanner } from '../planner/query-planner.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { useCallBudget } from './calls/use-call-budget.ts';
import type { Plugin, ServerContext } from './context.ts';
import { useCost } from './cost/use-cost.ts';
import type { FieldAuth } from './field-auth/field-auth.ts';
import { graphiqlOptions } from './graphiql.ts';
import { useDocumentLimits } from './limits/use-document-limits.ts';
import { nameBodyRefusals, useRequestLimits, yogaLimits } from './limits/use-request-limits.ts';
import { useValidation } from './limits/use-validation.ts';
import { createMaskError } from './mask-error.ts';
import { observeLimits } from './observe-limits.ts';
import { useCompression } from './use-compression.ts';
import { useContentDecoding } from './use-content-decoding.ts';
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
  readonly fieldAuth: FieldAuth;
  /** `undefined`: calls of upstreams are not judged, since nobody plans. */
  readonly planner: Pick<QueryPlanner, 'plan'> | undefined;
  /** Of the user, from `plugins:`. */
  readonly plugins: readonly Plugin[];
  /** `undefined`: answers have no content coding. */
  readonly compressor: Compressor | undefined;
  /** Whether GraphiQL shows what is wrong with the last change. */
  readonly isDev: boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export type Yoga = YogaServerInstance<ServerContext, object>;

/** The GraphQL endpoint of one graph; a new graph gets a new one. */
export function createGraphQLServer(parts: YogaParts): Yoga {
  const { config, schema, logger, metrics } = parts;
  const { limits, introspection, suggestions = introspection === true } = config.graphql;
  const onLimit = observeLimits(metrics, logger);
  return createYoga<ServerContext, object>({
    schema,
    graphqlEndpoint: config.graphql.path,
    landingPage: false,
    cors: false,
    logging: false,
    ...yogaLimits(limits),
    maskedErrors: { maskError: nameBodyRefusals(createMaskError(logger), limits, onLimit) },
    ...graphiqlOptions(config.graphql, parts.isDev, logger),
    plugins: [
      // The user's first: they see requests as clients send them.
      ...parts.plugins,
      useRequestLimits(limits, onLimit),
      useContentDecoding(limits, onLimit),
      useDocumentLimits(limits, onLimit),
      useValidation({ hideSuggestions: !suggestions, maxDepth: limits.depth.max }),
      // Rules judge the normal form, so it comes before them.
      useOperation({ hideSuggestions: !suggestions }),
      useIntrospectionSwitch(introspection),
      // A refused identity does not use up a limit.
      useFieldAuth(parts.fieldAuth),
      // What is left of the operation has its cost right before the limits that count it.
      useCost(schema, limits.cost, {
        onLimit,
        onCost: (cost) => metrics.record('weir.graphql.operation_cost', {}, cost),
      }),
      useOperationGate(schema),
      // Planning is work: it waits for the limits of rates.
      parts.planner === undefined ? {} : useCallBudget(parts.planner, limits.upstreamCalls, onLimit),
      useFieldLimits(schema, config.rateLimit, parts.limiter),
      // Last of the rules: what they left is run.
      useEngines(parts.engines, metrics),
      parts.compressor === undefined ? {} : useCompression(parts.compressor),
    ],
  });
}
