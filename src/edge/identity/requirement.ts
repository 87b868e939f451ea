import { WeirError } from '../../errors.ts';
import type { Identity } from '../request-context.ts';
import type { Credentials } from './credentials.ts';
import { expiresAtMs } from './expiry.ts';
import type { Mechanism } from './mechanism.ts';
import { isRefusal, type Outcome, Refusal } from './outcome.ts';

/** What a route or GraphQL asks of its clients. */
export interface Requirement {
  /** In the order in which they are tried; of `all`, the first gives the subject. */
  readonly mechanisms: readonly Mechanism[];
  /** `any`: one identity suffices. `all`: every mechanism must give one. */
  readonly combine: 'any' | 'all';
  /** Lets requests without any credential pass as anonymous. One with a credential that does not hold is refused all the same. */
  readonly optional: boolean;
}

export type Identify = (credentials: Credentials) => Outcome | Promise<Outcome>;

export function compileRequirement({ mechanisms, combine, optional }: Requirement): Identify {
  const missing = optional ? null : refuseMissing(mechanisms);
  const conclude = combine === 'all' ? concludeAll : concludeAny;
  const isSettled = combine === 'all' ? isRefusal : (outcome: Outcome) => outcome !== null && !isRefusal(outcome);
  return (credentials) => {
    const outcomes: Outcome[] = [];
    for (const [index, mechanism] of mechanisms.entries()) {
      const outcome = mechanism.identify(credentials);
      if (outcome instanceof Promise) return finish(outcome, index, outcomes, credentials);
      outcomes.push(outcome);
      if (isSettled(outcome)) break;
    }
    return conclude(outcomes, missing);
  };

  async function finish(
    pending: Promise<Outcome>,
    at: number,
    outcomes: Outcome[],
    credentials: Credentials,
  ): Promise<Outcome> {
    outcomes.push(await pending);
    for (const mechanism of mechanisms.slice(at + 1)) {
      if (isSettled(outcomes.at(-1) as Outcome)) break;
      outcomes.push(await mechanism.identify(credentials));
    }
    return conclude(outcomes, missing);
  }
}

/** The first identity; else the first refusal: a credential that does not hold is never taken for none. */
function concludeAny(outcomes: readonly Outcome[], missing: Refusal | null): Outcome {
  return (
    outcomes.find((outcome) => outcome !== null && !isRefusal(outcome)) ??
    outcomes.find((outcome) => outcome !== null) ??
    missing
  );
}

function concludeAll(outcomes: readonly Outcome[], missing: Refusal | null): Outcome {
  const refusal = outcomes.find(isRefusal);
  if (refusal !== undefined) return refusal;
  const identities = outcomes.filter((outcome) => outcome !== null) as Identity[];
  if (identities.length === 0) return missing;
  const [first, ...rest] = identities as [Identity, ...Identity[]];
  if (identities.length < outcomes.length) {
    // Half of what is asked for is not anonymous: it is refused also where anonymous clients may pass.
    return (
      missing ?? new Refusal(new WeirError('UNAUTHENTICATED', 'The request lacks one of the credentials asked for'), '')
    );
  }
  return rest.reduce(mergeIdentities, first);
}

function mergeIdentities(first: Identity, other: Identity): Identity {
  const endsMs = Math.min(expiresAtMs(first), expiresAtMs(other));
  return {
    ...first,
    scopes: [...new Set([...first.scopes, ...other.scopes])],
    roles: [...new Set([...first.roles, ...other.roles])],
    claims: { ...other.claims, ...first.claims },
    ...(first.tier === undefined && other.tier !== undefined ? { tier: other.tier } : {}),
    ...(Number.isFinite(endsMs) ? { expiresAtMs: endsMs } : {}),
  };
}

function refuseMissing(mechanisms: readonly Mechanism[]): Refusal {
  const challenges = new Set(mechanisms.map(({ challenge }) => challenge).filter((challenge) => challenge !== ''));
  return new Refusal(new WeirError('UNAUTHENTICATED'), [...challenges].join(', '));
}
