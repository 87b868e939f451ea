/** What happens at a listener and others log or count. */
export type ListenerEvent = ListenerIncident & { readonly listener: string };

/** The same, as told by a part that does not know its listener's name. */
export type ListenerIncident =
  | {
      readonly type: 'connection_refused';
      readonly reason: ConnectionRefusal;
      readonly address: string;
      readonly detail?: string;
    }
  /** Bytes that are no request: no handler has seen it. */
  | {
      readonly type: 'request_refused';
      readonly code: string;
      readonly address: string;
      readonly requestId: string;
      readonly detail: string;
    }
  | { readonly type: 'certificates_loaded'; readonly files: readonly string[] }
  /** They are shown all the same: there are no others. */
  | { readonly type: 'certificates_expired'; readonly files: readonly string[] }
  /** The former ones go on. */
  | { readonly type: 'certificates_refused'; readonly cause: unknown }
  /** The listener itself, such as where the process has no descriptors left. */
  | { readonly type: 'failed'; readonly cause: unknown };

/**
 * max_connections, max_connections_per_client: there is no place. proxy_header: it is missing, malformed or late.
 * handshake: TLS was not agreed on. slow: no request, or too little of a body, in time. flood: control frames of HTTP/2.
 */
export type ConnectionRefusal =
  | 'max_connections'
  | 'max_connections_per_client'
  | 'proxy_header'
  | 'handshake'
  | 'slow'
  | 'flood';
