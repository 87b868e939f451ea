import type { ClientCertificate } from './identity/credentials.ts';
import type { Outcome } from './identity/outcome.ts';

/** What the edge rules look at, whether the request came by a Node listener or as a fetch `Request`. */
export interface RequestHead {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  /** Without `?`; `''`: none. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Address of the peer on the socket; `''` where there is none. */
  readonly peerAddress: string;
  /** Of a TLS client whose chain the listener has verified. */
  readonly certificate?: ClientCertificate;
  /** Whether the connection to this gateway is TLS; what a proxy in front says of its own is no part of it. Absent: no. */
  readonly isTls?: boolean;
  /** Name of the listener that it came by; absent: a server or runtime that embeds the gateway. */
  readonly listener?: string;
}

/** The rules of the edge, compiled from the config; evaluated once for each request, GraphQL or REST. */
export interface Edge {
  requestId(head: RequestHead): string;
  clientAddress(head: RequestHead): string;
  /** Who asks; `null`: anonymous. */
  identify(head: RequestHead): Outcome | Promise<Outcome>;
  close(): Promise<void>;
}
