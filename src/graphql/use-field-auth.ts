import { useGenericAuth, type ValidateUserFnParams } from '@envelop/generic-auth';
import { GraphQLError } from 'graphql';
import type { Identity } from '../edge/request-context.ts';
import { ERRORS } from '../errors.ts';
import type { Plugin, ServerContext } from './context.ts';
import { selectsFieldWith } from './field-directives.ts';
import { runOnlyFor } from './run-only-for.ts';

/** `@authenticated` and `@requiresScopes` of any subgraph, judged before anything is fetched. */
export function useFieldAuth(): Plugin {
  const plugin = useGenericAuth<Identity, ServerContext, 'identity'>({
    mode: 'protect-granular',
    contextFieldName: 'identity',
    resolveUserFn: (context) => context.weir.identity,
    extractScopes: (identity: Identity | null) => [...(identity?.scopes ?? [])],
    validateUser: judgeField,
  });
  return runOnlyFor(plugin, selectsFieldWith(['authenticated', 'requiresScopes']));
}

function judgeField(params: ValidateUserFnParams<Identity | null>): GraphQLError | undefined {
  const { user, userScopes, typeScopes, fieldScopes } = params;
  const isProtected = [params.fieldAuthArgs, params.typeAuthArgs, fieldScopes, typeScopes].some(
    (rule) => rule !== undefined,
  );
  if (!isProtected) return undefined;
  if (user === null || user === undefined) return refuse(params, 'UNAUTHENTICATED');
  const isAllowed = [typeScopes, fieldScopes].every(
    (alternatives) => alternatives === undefined || hasOneOf(alternatives, userScopes),
  );
  return isAllowed ? undefined : refuse(params, 'FORBIDDEN');
}

/** `@requiresScopes(scopes: [[a, b], [c]])`: (a and b) or c. */
function hasOneOf(alternatives: readonly (readonly string[])[], scopes: readonly string[]): boolean {
  return alternatives.some((all) => all.every((scope) => scopes.includes(scope)));
}

function refuse(params: ValidateUserFnParams<Identity | null>, code: 'UNAUTHENTICATED' | 'FORBIDDEN'): GraphQLError {
  const coordinate = `${params.parentType.name}.${params.field.name}`;
  const message =
    code === 'UNAUTHENTICATED'
      ? `"${coordinate}" needs a signed-in client`
      : `"${coordinate}" needs a scope that the client lacks`;
  return new GraphQLError(message, {
    nodes: [params.fieldNode],
    path: params.path.filter((key) => key !== '@'),
    extensions: {
      code,
      http: {
        status: ERRORS[code].status,
        ...(code === 'UNAUTHENTICATED' && { headers: { 'www-authenticate': 'Bearer' } }),
      },
    },
  });
}
