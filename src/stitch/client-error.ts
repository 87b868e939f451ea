import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { ERRORS, type ErrorCode, WeirError } from '../errors.ts';
import { findDelegatedError } from './error-ledger.ts';

/**
 * The client's form of an error of an execution. Subgraph errors have theirs already; where the executor itself finds
 * an upstream's data wrong, only a missing value is described: other messages would quote values, which may be hidden
 * ones. Anything else is a fault of ours, of which clients read the code alone.
 */
export function toClientError(error: GraphQLError): GraphQLFormattedError {
  const path = error.path === undefined ? {} : { path: error.path };
  const delegated = findDelegatedError(error);
  if (delegated !== undefined) return { message: error.message, ...path, extensions: delegated.clientExtensions };
  const cause = error.originalError;
  if (cause instanceof WeirError) {
    return { message: cause.clientMessage, ...path, extensions: { ...cause.details, code: cause.code } };
  }
  // Delegation marks what it has no way to resolve as critical; its message is about its own insides.
  if (error.extensions.CRITICAL_ERROR === true) return coded('INTERNAL_ERROR', path);
  if (/cannot return null for non-nullable/i.test(error.message)) {
    return { message: error.message, ...path, extensions: { code: 'UPSTREAM_BAD_RESPONSE' } };
  }
  return coded(WRONG_DATA.test(error.message) ? 'UPSTREAM_BAD_RESPONSE' : 'INTERNAL_ERROR', path);
}

/** How the executor begins where a value does not fit its type: a leaf, a list, the type of an object. */
const WRONG_DATA = /cannot represent|^Expected Iterable|^Expected value of type|^Abstract type/;

function coded(code: ErrorCode, path: Pick<GraphQLFormattedError, 'path'>): GraphQLFormattedError {
  return { message: ERRORS[code].message, ...path, extensions: { code } };
}
