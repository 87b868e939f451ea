import { ERRORS, type WeirError } from '../../errors.ts';

/** A call that the service answered, but not with success. */
export class ConnectorError extends Error {
  /** Shown to clients. */
  readonly extensions: Readonly<Record<string, unknown>>;

  /** @param message - shown to clients; default: that of `UPSTREAM_ERROR`. */
  constructor(message: string | undefined, extensions: Readonly<Record<string, unknown>>, cause: WeirError) {
    super(message ?? ERRORS.UPSTREAM_ERROR.message, { cause });
    this.name = 'ConnectorError';
    this.extensions = extensions;
  }
}
