import { GraphQLError } from 'graphql';
import { ERRORS, WeirError } from '../errors.ts';
import type { Logger } from '../telemetry/logger.ts';

/**
 * The last guard before an answer leaves: what is not meant for clients becomes its code's public message, and the
 * original goes to the log. Errors that an engine made are in the client's form already and pass.
 */
export function createMaskError(logger: Logger): (error: unknown) => Error {
  return (error) => {
    if (error instanceof GraphQLError && (error.originalError === undefined || error.originalError === null))
      return error;
    const original = error instanceof GraphQLError ? error.originalError : error;
    if (original instanceof GraphQLError) return original;
    if (isFormatted(error)) return error as unknown as Error;
    const known =
      original instanceof WeirError ? original : new WeirError('INTERNAL_ERROR', undefined, { cause: original });
    if (ERRORS[known.code].audience === 'internal') logger.error({ err: original }, 'Operation failed');
    return new GraphQLError(known.clientMessage, {
      ...(error instanceof GraphQLError && { nodes: error.nodes, path: error.path }),
      extensions: { code: known.code, http: { status: ERRORS[known.code].status } },
    });
  };
}

/** A plain object as GraphQL §7.1.2 describes an error. */
function isFormatted(error: unknown): boolean {
  return typeof error === 'object' && error !== null && !(error instanceof Error) && 'message' in error;
}
