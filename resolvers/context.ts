import type { GraphQLFormattedError } from 'graphql';
import type { RequestContext } from '../src/edge/request-context.ts';

/** Asks GraphQL questions with the identity, the deadline and the trace of the request at work. */
export interface GraphqlClient {
  query<Data>(document: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphqlAnswer<Data>>;
}

export interface GraphqlAnswer<Data> {
  readonly data?: Data | null | undefined;
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}

/** What the gateway gives to every local resolver. */
export interface LocalContext {
  readonly request: RequestContext;
  readonly gateway: GraphqlClient;
  upstream(name: string): GraphqlClient;
}
