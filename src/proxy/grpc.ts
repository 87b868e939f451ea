/** Whether a request speaks gRPC, whose clients read a status of their own and no problem. */
export function isGrpc(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/grpc(?:[+;]|$)/i.test(contentType);
}

/** gRPC over HTTP/2, "HTTP to gRPC status code mapping", with the codes that say more where the gateway knows more. */
const STATUSES: ReadonlyMap<number, number> = new Map([
  [400, 13],
  [401, 16],
  [403, 7],
  [404, 12],
  [413, 8],
  [429, 8],
  [431, 8],
  [499, 1],
  [502, 14],
  [503, 14],
  [504, 4],
]);
const UNKNOWN = 2;

/**
 * The fields of an answer without messages ("Trailers-Only") that says what went wrong.
 * @param status of HTTP.
 */
export function grpcFieldsOf(status: number, message: string): string[] {
  const code = String(STATUSES.get(status) ?? UNKNOWN);
  // Percent-encoded, as the protocol has it: printable ASCII without `%` passes.
  const text = encodeURIComponent(message).replaceAll('%20', ' ');
  return ['content-type', 'application/grpc', 'grpc-status', code, 'grpc-message', text];
}
