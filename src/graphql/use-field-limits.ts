import { useRateLimiter } from '@envelop/rate-limiter';
import { getDirectiveExtensions } from '@graphql-tools/utils';
import { GraphQLError, type GraphQLSchema, isObjectType } from 'graphql';
import type { Config } from '../config/config.ts';
import { type FieldLimitDefinition, FieldLimits } from '../edge/limits/field-limits.ts';
import type { Limiter } from '../edge/limits/limiter.ts';
import { ERRORS } from '../errors.ts';
import { showDefaultsToOlderTools } from './argument-defaults.ts';
import type { Plugin, ServerContext } from './context.ts';
import { selectsFieldWith } from './field-directives.ts';
import { FieldStandings } from './field-standings.ts';
import { runOnlyFor } from './run-only-for.ts';

/**
 * Per-field limits, judged before anything is fetched: each occurrence of a limited field in an operation is one call
 * of the client (its subject, or its address while anonymous). `rate_limit.fields` of gateway.yaml wins over
 * `@rateLimit` in SDL. How they stand is told in `extensions.rateLimit` and in the headers of the answer.
 */
export function useFieldLimits(schema: GraphQLSchema, config: Config['rateLimit'], limiter: Limiter): Plugin {
  const definitions = new Map<string, FieldLimitDefinition>(limitsInSdl(schema));
  for (const [coordinate, definition] of Object.entries(config.fields)) definitions.set(coordinate, definition);
  if (definitions.size === 0) return {};
  showDefaultsToOlderTools(schema);
  const standings = new FieldStandings();
  const limits = new FieldLimits<ServerContext>({
    limiter,
    definitions,
    identify: clientOf,
    onDecision: ({ weir }, coordinate, decision) => standings.note(weir, coordinate, decision),
  });
  const plugin = useRateLimiter({
    store: limits.store,
    configByField: limits.configByField,
    identifyFn: limits.identifyFn,
    formatError: limits.formatError,
    // The limits come in by coordinate only, so that the same field name on two types is two limits.
    rateLimitDirectiveName: 'weir__none',
    transformError: (text) => {
      const { message, retryAfterSeconds } = limits.readRefusal(text);
      return new GraphQLError(message, {
        extensions: {
          code: 'RATE_LIMITED',
          http: { status: ERRORS.RATE_LIMITED.status, headers: { 'retry-after': String(retryAfterSeconds) } },
        },
      });
    },
  });
  return {
    ...runOnlyFor(plugin, selectsFieldWith([], new Set(definitions.keys()))),
    onExecutionResult: ({ result, context }) => standings.show((context as unknown as ServerContext).weir, result),
  };
}

function clientOf({ weir: { identity, clientAddress } }: ServerContext): string {
  return identity === null ? `address:${clientAddress}` : `subject:${identity.subject}`;
}

function* limitsInSdl(schema: GraphQLSchema): Iterable<[coordinate: string, definition: FieldLimitDefinition]> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const limit = (getDirectiveExtensions(field, schema) as Record<string, FieldLimitDefinition[]>).rateLimit?.[0];
      if (limit !== undefined) yield [`${type.name}.${field.name}`, limit];
    }
  }
}
