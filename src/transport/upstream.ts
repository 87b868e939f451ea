import type { Duplex, Readable } from 'node:stream';
import type { RequestContext } from '../edge/request-context.ts';

/** One upstream as every user of it sees it: GraphQL subgraphs, REST connectors and proxy routes share the object. */
export interface Upstream {
  readonly name: string;
  /**
   * Sends a request and buffers the answer.
   * @throws {WeirError} `UPSTREAM_UNAVAILABLE`, `UPSTREAM_TIMEOUT`, `UPSTREAM_BAD_RESPONSE`, `DEADLINE_EXCEEDED`, `CLIENT_CLOSED_REQUEST`.
   *   An HTTP error status is an answer, not an error. `UPSTREAM_UNAVAILABLE` has `details.retryAfterSeconds` where a time is known.
   */
  send(request: UpstreamRequest, context: RequestContext): Promise<UpstreamResponse>;
  /**
   * Sends a request and gives the answer as soon as its head is there; the bodies flow with back-pressure.
   * The body of the answer must be read to its end or destroyed. Throws as {@link send}.
   */
  stream(request: StreamRequest, context: RequestContext): Promise<StreamedResponse>;
  /** Asks for another protocol on the connection (RFC 9110 §7.8). An upstream that declines answers as to {@link stream}. Throws as {@link send}. */
  upgrade(request: UpgradeRequest, context: RequestContext): Promise<UpgradedResponse | StreamedResponse>;
  /** Waits for what runs, then closes the connections that no other generation of the upstream uses. */
  close(): Promise<void>;
}

export type Priority = 'high' | 'normal' | 'low';

interface RequestHead {
  readonly method: string;
  /** Path and query, appended to the path of the endpoint's URL; `''` sends to the endpoint's URL itself. */
  readonly path: string;
  /** Whether sending twice does no harm (RFC 9110 §9.2.2); decides retries. Default: by method. */
  readonly idempotent?: boolean;
  /** Names the call in spans and metrics: an operation name, a connector's coordinate. */
  readonly label?: string;
  /** Who waits and who is refused first when the upstream is at its limit. Default: by the identity's tier. */
  readonly priority?: Priority;
  /** Milliseconds for the whole exchange, instead of the configured ones; `Infinity`: only the client's deadline. */
  readonly timeoutMs?: number;
}

export interface UpstreamRequest extends RequestHead {
  /** Names in lower case. Request id, trace context and the configured header rules are added by the transport. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How `body` and the body of the answer are bytes. `latin1` keeps each byte as one character. Default: `utf8`. */
  readonly encoding?: 'utf8' | 'latin1';
  /** Largest body of the answer, also when decoded, where that is less than the upstream may send. */
  readonly maxBodyBytes?: number;
}

export interface UpstreamResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

export interface StreamRequest extends RequestHead {
  /** Name, value, name, value; without hop-by-hop fields. */
  readonly headers: readonly string[];
  /** A `Buffer` can be sent again by a retry, a stream cannot. A stream may be a `TrailedBody`. */
  readonly body: Readable | Buffer | null;
  /** Whether the streamed body is to be read only when the upstream asks for it (RFC 9110 §10.1.1), or has not answered in time. */
  readonly expectsContinue?: boolean;
  /** Called for each 1xx answer but 100 and 101. */
  readonly onInformational?: (status: number, headers: readonly string[]) => void;
}

export interface StreamedResponse {
  readonly status: number;
  readonly statusText: string;
  /** Field lines as sent: name, value, name, value. */
  readonly headers: readonly string[];
  readonly body: Readable;
  /** All of the body where it came with the head, to be asked for before `body` is; `body` then needs no reading. */
  takeWhole(): Buffer | undefined;
  /** Name, value, name, value; filled once `body` has ended. */
  trailers(): string[];
}

export interface UpgradeRequest extends Omit<RequestHead, 'idempotent'> {
  /** Name, value, name, value; without hop-by-hop fields. */
  readonly headers: readonly string[];
  /** The value of `Upgrade`, such as `websocket`. */
  readonly protocol: string;
}

export interface UpgradedResponse {
  readonly status: 101;
  readonly headers: readonly string[];
  /** The connection, now the caller's: to be ended or destroyed by it. */
  readonly socket: Duplex;
}
