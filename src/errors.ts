/**
 * Every error that Weir itself raises, by its stable code. `docs/errors.md` lists exactly this table.
 *
 * `client`: the message is built only from what the client sent, and is shown to it.
 * `internal`: the client sees the table's message and the request id; the log has the cause.
 */
export const ERRORS = {
  GRAPHQL_PARSE_FAILED: { audience: 'client', status: 400, message: 'The document is not valid GraphQL syntax' },
  GRAPHQL_VALIDATION_FAILED: { audience: 'client', status: 400, message: 'The operation does not fit the schema' },
  BAD_USER_INPUT: {
    audience: 'client',
    status: 400,
    message: 'A variable or argument has a value that its type refuses',
  },
  MAX_DEPTH_EXCEEDED: { audience: 'client', status: 400, message: 'The operation nests its fields too deep' },
  MAX_TOKENS_EXCEEDED: { audience: 'client', status: 400, message: 'The document has too many tokens' },
  MAX_ALIASES_EXCEEDED: { audience: 'client', status: 400, message: 'The operation has too many aliases' },
  MAX_ROOT_FIELDS_EXCEEDED: { audience: 'client', status: 400, message: 'The operation has too many root fields' },
  MAX_DIRECTIVES_EXCEEDED: { audience: 'client', status: 400, message: 'The operation has too many directives' },
  MAX_BATCH_SIZE_EXCEEDED: { audience: 'client', status: 400, message: 'The batch has too many operations' },
  MAX_COST_EXCEEDED: { audience: 'client', status: 400, message: 'The operation costs too much' },
  MAX_UPSTREAM_CALLS_EXCEEDED: {
    audience: 'client',
    status: 400,
    message: 'The operation needs too many calls of upstreams',
  },
  MALFORMED_REQUEST: { audience: 'client', status: 400, message: 'The request is not well-formed HTTP' },
  REQUEST_TIMEOUT: { audience: 'client', status: 408, message: 'The request did not arrive in time' },
  CONTENT_TOO_LARGE: { audience: 'client', status: 413, message: 'The body is larger than the route admits' },
  HEADERS_TOO_LARGE: { audience: 'client', status: 431, message: 'The header is larger than the route admits' },
  NOT_IMPLEMENTED: { audience: 'client', status: 501, message: 'The gateway does not speak what the request asks for' },
  HTTP_VERSION_NOT_SUPPORTED: {
    audience: 'client',
    status: 505,
    message: 'The gateway does not speak that HTTP version',
  },
  UNAUTHENTICATED: { audience: 'client', status: 401, message: 'The request carries no valid credential' },
  FORBIDDEN: { audience: 'client', status: 403, message: 'The identity lacks what the resource requires' },
  RATE_LIMITED: { audience: 'client', status: 429, message: 'The limit is used up' },
  NOT_FOUND: { audience: 'client', status: 404, message: 'No route matches the request' },
  METHOD_NOT_ALLOWED: { audience: 'client', status: 405, message: 'The route does not admit the method' },
  MALFORMED_PATH: { audience: 'client', status: 400, message: 'The path is not one that every service reads alike' },
  AMBIGUOUS_HEADER: { audience: 'client', status: 400, message: 'A header may be read as another by some services' },
  EXPECTATION_FAILED: { audience: 'client', status: 417, message: 'The request expects what the gateway does not do' },
  UPGRADE_REQUIRED: { audience: 'client', status: 426, message: 'The route speaks another protocol or version' },
  UNSUPPORTED_MEDIA_TYPE: {
    audience: 'client',
    status: 415,
    message: 'The body has a media type or a coding that the route does not read',
  },
  MALFORMED_BODY: { audience: 'client', status: 400, message: 'The body is not what its media type says' },
  URI_TOO_LONG: { audience: 'client', status: 414, message: 'The target is longer than the route admits' },
  LOOP_DETECTED: { audience: 'client', status: 508, message: 'The request has passed this gateway before' },
  UPSTREAM_UNAVAILABLE: { audience: 'internal', status: 503, message: 'An upstream cannot be reached' },
  UPSTREAM_TIMEOUT: { audience: 'internal', status: 504, message: 'An upstream did not answer in time' },
  UPSTREAM_BAD_RESPONSE: { audience: 'internal', status: 502, message: 'An upstream answered with something unusable' },
  UPSTREAM_ERROR: { audience: 'internal', status: 502, message: 'An upstream reported an error' },
  DEADLINE_EXCEEDED: { audience: 'internal', status: 504, message: 'The request ran out of time' },
  CLIENT_CLOSED_REQUEST: { audience: 'internal', status: 499, message: 'The client closed the request' },
  NOT_CACHED: {
    audience: 'client',
    status: 504,
    message: 'The request is to be answered from the cache alone, and nothing in it answers it',
  },
  SCHEMA_NOT_READY: { audience: 'internal', status: 503, message: 'The gateway has no schema yet' },
  ROUTE_NOT_READY: { audience: 'internal', status: 503, message: 'The graph lacks what the route asks for' },
  INTERNAL_ERROR: { audience: 'internal', status: 500, message: 'An internal error occurred' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

interface ErrorEntry {
  readonly audience: 'client' | 'internal';
  readonly status: number;
  readonly message: string;
}

/** Extra facts of a {@link WeirError}. */
export interface WeirErrorOptions extends ErrorOptions {
  /** The upstream that the error came from; shown to clients only where the upstream's config allows it. */
  readonly upstream?: string;
  /** Added to the GraphQL error's `extensions` or the problem's members; safe for clients. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An expected failure with a code from {@link ERRORS}. `message` may name internals: it is shown only if the code's audience is `client`. */
export class WeirError extends Error {
  readonly code: ErrorCode;
  readonly upstream: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message?: string, options: WeirErrorOptions = {}) {
    super(message ?? ERRORS[code].message, options);
    this.name = 'WeirError';
    this.code = code;
    this.upstream = options.upstream;
    this.details = options.details;
  }

  /** What a client may read of this error. */
  get clientMessage(): string {
    return ERRORS[this.code].audience === 'client' ? this.message : ERRORS[this.code].message;
  }
}
