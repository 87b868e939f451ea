import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { ERRORS, type ErrorCode, WeirError } from '../errors.ts';
import { findDelegatedError } from './error-ledger.ts';

/**
 * The client's form of an error of an execution. Subgraph errors have theirs already; what the executor itself finds
 * wrong with an upstream's data (a null or a value that the schema forbids) names only the schema; anything else is a
 * fault of ours, of which clients read the code alone.
 */
export function toClientError(error: GraphQLError): GraphQLFormattedError {
  const path = error.path === undefined ? {} : { path: error.path };
  if (findDelegatedError(error) !== undefined) {
    return { message: error.message, ...path, extensions: error.extensions };
  }
  const cause = error.originalError;
  if (cause instanceof WeirError) {
    return { message: cause.clientMessage, ...path, extensions: { ...cause.details, code: cause.code } };
  }
  // Delegation marks what it has no way to resolve as critical; its message is about its own insides.
  if (cause != null && cause.name !== 'GraphQLError') return coded('INTERNAL_ERROR', path);
  if (error.extensions.CRITICAL_ERROR === true) return coded('INTERNAL_ERROR', path);
  return { message: error.message, ...path, extensions: { code: 'UPSTREAM_BAD_RESPONSE', ...error.extensions } };
}

function coded(code: ErrorCode, path: Pick<GraphQLFormattedError, 'path'>): GraphQLFormattedError {
  return { message: ERRORS[code].message, ...path, extensions: { code } };
}
