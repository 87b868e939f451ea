import { ERRORS, type ErrorCode, WeirError } from '../errors.ts';
import type { SubgraphError, SubgraphResult } from './subgraph.ts';

/**
 * The error of a failure that is not the upstream's own GraphQL error: a code of Weir's table and the table's message.
 * What is known of the failure travels as `cause`, for the log alone.
 */
export function failureError(cause: unknown, path?: readonly (string | number)[]): SubgraphError {
  const code: ErrorCode = cause instanceof WeirError ? cause.code : 'INTERNAL_ERROR';
  return { message: ERRORS[code].message, extensions: { code }, cause, ...(path === undefined ? {} : { path }) };
}

/** The result of an operation that got no GraphQL answer. */
export function failureResult(cause: unknown): SubgraphResult & { readonly data: null } {
  return { data: null, errors: [failureError(cause)] };
}
