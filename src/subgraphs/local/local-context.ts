import type { DocumentNode, GraphQLFormattedError } from 'graphql';
import type { RequestContext } from '../../edge/request-context.ts';

/** The third argument of every local resolver. */
export interface LocalContext {
  /** Identity, headers, deadline and abort signal of the client's request. */
  readonly request: RequestContext;
  /** The gateway itself, in-process: the whole graph with its rules, as the same identity and within the same deadline. */
  readonly gateway: GraphqlClient;
  /**
   * One upstream by its name, in the names of the graph; REST upstreams answer GraphQL too. The gateway's field rules do not
   * apply to it.
   * @throws {WeirError} `INTERNAL_ERROR` for a name that no upstream has.
   */
  upstream(name: string): GraphqlClient;
}

export interface GraphqlClient {
  /** Never rejects for what an operation or an upstream does: such failures are errors in the answer. */
  query<Data = Record<string, unknown>, Variables = Readonly<Record<string, unknown>>>(
    document: OperationText<Data, Variables>,
    variables?: Variables,
  ): Promise<GraphqlAnswer<Data>>;
}

/** A GraphQL document as text or parsed, and as codegen's client preset gives it: `TypedDocumentString`, `TypedDocumentNode`. */
export type OperationText<Data, Variables> = (string | DocumentNode | { toString(): string }) & {
  /** Carries the types; never there at run time. */
  __apiType?: (variables: Variables) => Data;
};

export interface GraphqlAnswer<Data> {
  readonly data?: Data | null | undefined;
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}
