import { type DocumentNode, GraphQLError, Kind, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { GraphqlDefinition } from '../config/schema/graphql.ts';
import type { Identity } from '../edge/request-context.ts';
import { ERRORS } from '../errors.ts';
import type { Plugin } from './context.ts';
import { hasScopes } from './field-auth/demand.ts';

/**
 * Refuses `__schema` and `__type` where introspection is off, or the client lacks the scopes. Must come after the
 * operation is normalised.
 */
export function useIntrospectionSwitch(introspection: GraphqlDefinition['introspection']): Plugin {
  if (introspection === true) return {};
  if (introspection === false) {
    return {
      onValidate({ addValidationRule }) {
        addValidationRule(NoSchemaIntrospectionCustomRule);
      },
    };
  }
  const onExecute: NonNullable<Plugin['onExecute']> = ({ args, setResultAndStopExecution }) => {
    const { identity } = args.contextValue.weir;
    if (!introspects(args.document) || (identity !== null && hasScopes(identity, introspection.scopes))) return;
    setResultAndStopExecution({ data: null, errors: [refuse(identity)] });
  };
  return { onExecute, onSubscribe: onExecute as unknown as NonNullable<Plugin['onSubscribe']> };
}

const known = new WeakMap<DocumentNode, boolean>();

/** @param document in normal form: its root fields stand in the operation itself, or under `@defer`. */
function introspects(document: DocumentNode): boolean {
  let answer = known.get(document);
  if (answer === undefined) {
    const [operation] = document.definitions;
    const roots = operation?.kind === Kind.OPERATION_DEFINITION ? [...operation.selectionSet.selections] : [];
    answer = false;
    for (const selection of roots) {
      if (selection.kind === Kind.INLINE_FRAGMENT) roots.push(...selection.selectionSet.selections);
      if (selection.kind === Kind.FIELD && /^__(schema|type)$/.test(selection.name.value)) answer = true;
    }
    known.set(document, answer);
  }
  return answer;
}

function refuse(identity: Identity | null): GraphQLError {
  const code = identity === null ? 'UNAUTHENTICATED' : 'FORBIDDEN';
  return new GraphQLError('Introspection needs a scope that the client lacks', {
    extensions: {
      code,
      http: {
        status: ERRORS[code].status,
        ...(identity === null && { headers: { 'www-authenticate': 'Bearer' } }),
      },
    },
  });
}
