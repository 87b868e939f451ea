import { WeirError } from '../../errors.ts';
import type { Identity } from '../request-context.ts';
import { type ChallengeParameters, formatChallenge } from './www-authenticate.ts';

/** `null`: the request carries no credential of the kind asked for. */
export type Outcome = Identity | Refusal | null;

/** A request that is not let in, as a value: an expected outcome is not thrown. */
export class Refusal {
  readonly error: WeirError;
  /** Value of `WWW-Authenticate`; `''` where the failure is not the credential's (503). */
  readonly wwwAuthenticate: string;

  constructor(error: WeirError, wwwAuthenticate: string) {
    this.error = error;
    this.wwwAuthenticate = wwwAuthenticate;
  }
}

export function isRefusal(outcome: Outcome): outcome is Refusal {
  return outcome instanceof Refusal;
}

/** A bearer credential that is there and does not hold: 401, RFC 6750 §3.1 `invalid_token`. */
export function refuseToken(description: string, options?: ErrorOptions): Refusal {
  return unauthenticated(description, { scheme: 'Bearer', error: 'invalid_token', description }, options);
}

export function unauthenticated(message: string, challenge: ChallengeParameters, options?: ErrorOptions): Refusal {
  return new Refusal(new WeirError('UNAUTHENTICATED', message, options), formatChallenge(challenge));
}

/** The credential cannot be judged because who could judge it is away: 503, so that clients keep what they hold. */
export function unverifiable(issuer: string, cause: unknown): Refusal {
  const error = new WeirError('UPSTREAM_UNAVAILABLE', `Cannot verify a credential: "${issuer}" cannot be reached`, {
    cause,
  });
  return new Refusal(error, '');
}
