import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { Refusal } from '../edge/identity/outcome.ts';
import { rateLimitHeaders } from '../edge/limits/rate-limit-headers.ts';
import type { RequestScope } from '../edge/request-scope.ts';
import { ERRORS } from '../errors.ts';
import type { Plugin, ServerContext } from './context.ts';
import { compileListSizes } from './list-sizes.ts';

/**
 * Asks policies and limits that look at the operation, once it is known and before it is run. A request that runs none (a
 * page, a document that is not valid) is asked for before its answer leaves, so that it counts too.
 */
export function useOperationGate(schema: GraphQLSchema): Plugin {
  const listSizes = compileListSizes(schema);
  const onExecute: NonNullable<Plugin['onExecute']> = ({ args, setResultAndStopExecution }) => {
    const { weir } = args.contextValue;
    if (weir.operationGate === undefined) return;
    const { operationName, operationCost } = weir.facts;
    const refusing = weir.operationGate.pass({
      operationName,
      operationCost,
      listSizeOf: (argument) => listSizes(args.document, args.variableValues ?? {}, argument),
    });
    return refusing.then((refusal) => {
      if (refusal !== undefined) setResultAndStopExecution({ errors: [toGraphQLError(refusal)] });
    });
  };
  return {
    onExecute,
    onSubscribe: onExecute as unknown as NonNullable<Plugin['onSubscribe']>,
    onResponse({ response, serverContext, setResponse, fetchAPI }) {
      // The adapter types what every server context has; Weir's own is in it.
      const { weir } = serverContext as unknown as ServerContext;
      if (weir.operationGate?.wasAsked !== false) return tellLimits(weir, response.headers);
      return weir.operationGate.pass().then((refusal) => {
        const answer = refusal === undefined ? response : refuse(refusal, fetchAPI);
        tellLimits(weir, answer.headers);
        if (refusal !== undefined) setResponse(answer);
      });
    },
  };
}

/** The tightest of all limits, where some were asked since the request was let in. */
function tellLimits({ limits, limitsTold }: RequestScope, headers: Headers): void {
  if (limits === limitsTold) return;
  for (const [name, value] of Object.entries(rateLimitHeaders(limits))) headers.set(name, value);
}

function toGraphQLError({ error, wwwAuthenticate }: Refusal): GraphQLError {
  const { code, clientMessage, details } = error;
  const headers = wwwAuthenticate === '' ? {} : { headers: { 'www-authenticate': wwwAuthenticate } };
  return new GraphQLError(clientMessage, {
    extensions: { ...details, code, http: { status: ERRORS[code].status, ...headers } },
  });
}

function refuse(refusal: Refusal, { Response }: { readonly Response: typeof globalThis.Response }): Response {
  const error = toGraphQLError(refusal);
  const { http, ...extensions } = error.extensions as { http: { status: number; headers?: Record<string, string> } };
  const body = JSON.stringify({ errors: [{ message: error.message, extensions }] });
  return new Response(body, {
    status: http.status,
    headers: { 'content-type': 'application/graphql-response+json; charset=utf-8', ...http.headers },
  });
}
