import { GraphQLError, GraphQLScalarType } from 'graphql';

/** An instant, as RFC 3339 writes it, in UTC; a string in code too. */
export const DateTime = new GraphQLScalarType({
  name: 'DateTime',
  coerceOutputValue: checkDateTime,
  coerceInputValue: checkDateTime,
});

/** An integer within ±(2^53 - 1). */
export const Long = new GraphQLScalarType({ name: 'Long', coerceOutputValue: checkLong, coerceInputValue: checkLong });

function checkDateTime(value: unknown): string {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)) return value;
  throw new GraphQLError(`Expected an RFC 3339 instant in UTC, got ${JSON.stringify(value)}`);
}

function checkLong(value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new GraphQLError(`Expected an integer of up to 53 bits, got ${JSON.stringify(value)}`);
}
