import type { DocumentNode } from 'graphql';
import type { RequestContext } from '../edge/request-context.ts';

/** An upstream in the one form that composition and the engines know: a federation subgraph. */
export interface Subgraph {
  /** The upstream's name in the config; unique; the `name` of its `@join__graph`. */
  readonly name: string;
  /** Federation SDL, with `@link` for Federation 2, as composition takes it. */
  readonly sdl: string;
  /** Goes into `@join__graph(url:)`; for information: `execute` knows where to send. */
  readonly url: string;
  /**
   * Never rejects for what an upstream does: such failures are errors in the result. The result is the caller's own: its data may be
   * changed, and must not be kept or frozen.
   */
  execute(request: SubgraphRequest): Promise<SubgraphResult> | SubgraphResult;
  /** For `subscription` operations; absent where the kind has none. */
  subscribe?(request: SubgraphRequest): Promise<AsyncIterable<SubgraphResult>>;
}

/** What is known of a subgraph operation before any request; made once per plan and shared by all requests. */
export interface SubgraphOperation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly name: string | undefined;
  readonly text: string;
  /** Parsed lazily, kept. */
  readonly document: DocumentNode;
}

/** One run of an operation. */
export interface SubgraphRequest {
  readonly operation: SubgraphOperation;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  /** The JSON text of `variables` where the engine has it already; HTTP subgraphs send it as it is. */
  readonly variablesText?: string;
  readonly context: RequestContext;
}

/** A GraphQL response as the upstream gave it: `data` as JSON data, errors not yet masked or re-pathed. */
export interface SubgraphResult {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly SubgraphError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** An error of a subgraph. `path` starts at the subgraph operation's root. */
export interface SubgraphError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Set when Weir itself made the error (upstream down, time-out, unusable answer). */
  readonly cause?: unknown;
}
