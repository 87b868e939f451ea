import { ERRORS, type ErrorCode, WeirError } from '../errors.ts';
import type { SubgraphResult } from './subgraph.ts';

/**
 * The result of an operation that got no GraphQL answer: one error with a code of Weir's table and the table's message.
 * What is known of the failure travels as `cause`, for the log alone.
 */
export function failureResult(error: unknown): SubgraphResult & { readonly data: null } {
  const code: ErrorCode = error instanceof WeirError ? error.code : 'INTERNAL_ERROR';
  return { data: null, errors: [{ message: ERRORS[code].message, extensions: { code }, cause: error }] };
}
