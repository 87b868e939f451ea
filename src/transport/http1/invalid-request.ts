/** A request that may not be sent as it is: another reader could take it for something else. */
export class InvalidRequest extends Error {
  readonly code = 'INVALID_REQUEST';
}
