import { GraphQLError } from 'graphql';
import type { Identity } from '../../edge/request-context.ts';
import { ERRORS } from '../../errors.ts';
import type { ProtectedField } from './protections.ts';

/** Why a field is refused: who is not known may become so; who is known may not read it. */
export function refuseField(
  { node, coordinate, path }: ProtectedField,
  identity: Identity | null,
  mode: 'reject' | 'filter',
): GraphQLError {
  const code = identity === null ? 'UNAUTHENTICATED' : 'FORBIDDEN';
  const message =
    code === 'UNAUTHENTICATED'
      ? `"${coordinate}" needs a signed-in client`
      : `"${coordinate}" needs what the client lacks: a scope, or a policy that holds`;
  const http = {
    status: ERRORS[code].status,
    ...(code === 'UNAUTHENTICATED' && { headers: { 'www-authenticate': 'Bearer' } }),
  };
  // What is left of a filtered operation is answered as usual.
  return new GraphQLError(message, {
    nodes: [node],
    path,
    extensions: mode === 'reject' ? { code, http } : { code },
  });
}
