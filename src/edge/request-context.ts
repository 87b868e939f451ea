import type { Context as TraceContext } from '@opentelemetry/api';

/** Who the client is, whatever proved it. */
export interface Identity {
  readonly subject: string;
  readonly kind: 'jwt' | 'api_key' | 'introspection' | 'mtls';
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
  readonly tier?: string;
  /** Id of the credential (JWT `jti`, API key id, certificate serial), never the credential itself. */
  readonly credentialId?: string;
  /** When the credential ends, milliseconds since the epoch; absent: it does not say. */
  readonly expiresAtMs?: number;
}

/** What every part of the journey may know of the request that it works for. One per client request. */
export interface RequestContext {
  /** `X-Request-ID`: taken from a trusted client, otherwise a UUIDv7. Sent to every upstream. */
  readonly requestId: string;
  /** The client's headers; names in lower case, repeated fields joined as RFC 9110 §5.3 allows. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The client's address after trusted proxies. */
  readonly clientAddress: string;
  /** `null`: anonymous. */
  readonly identity: Identity | null;
  /** Aborted when the client leaves or the deadline passes. */
  readonly signal: AbortSignal;
  /** `performance.now()` milliseconds at which the answer must be out; `Infinity`: none. */
  readonly deadlineMs: number;
  /** Carries the server span; upstream spans are its children. */
  readonly traceContext: TraceContext;
  /** Request-scoped state of its owner (a DataLoader, a memo), keyed by the owning object. */
  readonly scoped: Map<object, unknown>;
}
