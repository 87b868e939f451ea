import type { Upstream } from '../../transport/upstream.ts';
import { failureResult } from '../failure.ts';
import type { SubgraphOperation, SubgraphRequest, SubgraphResult } from '../subgraph.ts';
import { parseGraphqlResponse } from './graphql-response.ts';

export type Executor = (request: SubgraphRequest) => Promise<SubgraphResult>;

const REQUEST_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/graphql-response+json, application/json;q=0.9',
};

/** Runs operations by POST at an upstream (GraphQL over HTTP, 5.3). The executor never rejects: failures are results. */
export function createHttpExecutor(upstream: Upstream): Executor {
  /** `{"query":"…"` of each operation; the rest of the body comes with the request. */
  const bodyStarts = new WeakMap<SubgraphOperation, string>();

  return async (request) => {
    const { operation } = request;
    let body = bodyStarts.get(operation);
    if (body === undefined) {
      body = `{"query":${JSON.stringify(operation.text)}`;
      bodyStarts.set(operation, body);
    }
    const variables = request.variablesText ?? (request.variables && JSON.stringify(request.variables));
    try {
      const response = await upstream.send(
        {
          method: 'POST',
          path: '',
          headers: REQUEST_HEADERS,
          body: variables === undefined ? `${body}}` : `${body},"variables":${variables}}`,
          idempotent: operation.kind === 'query',
          ...(operation.name === undefined ? {} : { label: operation.name }),
        },
        request.context,
      );
      return parseGraphqlResponse(response, upstream.name);
    } catch (error) {
      return failureResult(error);
    }
  };
}
