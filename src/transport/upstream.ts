import type { RequestContext } from '../edge/request-context.ts';

/** One upstream as every user of it sees it: GraphQL subgraphs, REST connectors and proxy routes share the object. */
export interface Upstream {
  readonly name: string;
  /**
   * Sends a request and buffers the answer.
   * @throws {WeirError} `UPSTREAM_UNAVAILABLE`, `UPSTREAM_TIMEOUT`, `UPSTREAM_BAD_RESPONSE`, `DEADLINE_EXCEEDED`, `CLIENT_CLOSED_REQUEST`.
   *   An HTTP error status is an answer, not an error.
   */
  send(request: UpstreamRequest, context: RequestContext): Promise<UpstreamResponse>;
  close(): Promise<void>;
}

export interface UpstreamRequest {
  readonly method: string;
  /** Path and query, appended to the path of the endpoint's URL; `''` sends to the endpoint's URL itself. */
  readonly path: string;
  /** Names in lower case. Request id, trace context and the configured header rules are added by the transport. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether sending twice does no harm (RFC 9110 §9.2.2); decides retries. Default: by method. */
  readonly idempotent?: boolean;
  /** Names the call in spans and metrics: an operation name, a connector's coordinate. */
  readonly label?: string;
}

export interface UpstreamResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}
