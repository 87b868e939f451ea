import { type ConfigByField, type Store, useRateLimiter } from '@envelop/rate-limiter';
import { getDirectiveExtensions } from '@graphql-tools/utils';
import { GraphQLError, type GraphQLSchema, isObjectType } from 'graphql';
import type { Config } from '../config/config.ts';
import { ERRORS } from '../errors.ts';
import type { Plugin, ServerContext } from './context.ts';
import { selectsFieldWith } from './field-directives.ts';
import { runOnlyFor } from './run-only-for.ts';

/** A limit of one field: `@rateLimit` in SDL, or `rate_limit.fields` in gateway.yaml, which wins. */
type FieldLimit = Omit<ConfigByField, 'type' | 'field' | 'identifier' | 'identifyFn'>;

/**
 * Per-field limits, judged before anything is fetched: each occurrence of a limited field in an operation is one call
 * of the client (its subject, or its address while anonymous).
 */
export function useFieldLimits(schema: GraphQLSchema, config: Config['rateLimit'], store: Store): Plugin {
  const limits = new Map<string, FieldLimit>([...limitsInSdl(schema), ...Object.entries(config.fields)]);
  if (limits.size === 0) return {};
  const plugin = useRateLimiter({
    store,
    // The limits come in by coordinate only, so that the same field name on two types is two limits.
    rateLimitDirectiveName: 'weir__none',
    configByField: [...limits].map(([coordinate, limit]) => {
      const [type, field] = coordinate.split('.') as [string, string];
      return { ...limit, type, field, identifier: coordinate, uncountRejected: limit.uncountRejected ?? true };
    }),
    identifyFn: (context) => {
      const { identity, clientAddress } = (context as ServerContext).weir;
      return identity === null ? `address:${clientAddress}` : `subject:${identity.subject}`;
    },
    formatError: ({ fieldName, max, window }) => `"${fieldName}" may be asked ${max} times in ${window / 1_000} s`,
    transformError: (message) => refusal(message),
  });
  return runOnlyFor(plugin, selectsFieldWith([], new Set(limits.keys())));
}

function* limitsInSdl(schema: GraphQLSchema): Iterable<[coordinate: string, limit: FieldLimit]> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const limit = (getDirectiveExtensions(field, schema) as Record<string, FieldLimit[]>).rateLimit?.[0];
      if (limit !== undefined) yield [`${type.name}.${field.name}`, limit];
    }
  }
}

function refusal(message: string): GraphQLError {
  const seconds = /in ([\d.]+) s$/.exec(message)?.[1];
  return new GraphQLError(message, {
    extensions: {
      code: 'RATE_LIMITED',
      http: {
        status: ERRORS.RATE_LIMITED.status,
        ...(seconds !== undefined && { headers: { 'retry-after': String(Math.ceil(Number(seconds))) } }),
      },
    },
  });
}
