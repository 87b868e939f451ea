import type { Credentials } from './credentials.ts';
import type { Outcome } from './outcome.ts';

/** One way to prove an identity. Answers at once where it can: a promise costs what a cached answer saves. */
export interface Mechanism {
  readonly kind: 'jwt' | 'api_key' | 'introspection' | 'mtls';
  /** `WWW-Authenticate` for a request without a credential; `''`: the scheme has none (certificates). */
  readonly challenge: string;
  identify(credentials: Credentials): Outcome | Promise<Outcome>;
  close(): Promise<void>;
}
