import { compileOwnPath } from '../own-path.ts';
import type { Identity } from '../request-context.ts';

/** Paths into the claims, `.` between steps. Of several, the first that has a value is taken. */
export interface ClaimMapping {
  readonly subject: readonly string[];
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  readonly tier: readonly string[];
}

/** RFC 8693 §4.2 `scope`, and the `scp` array that Entra ID and Okta issue. */
export const DEFAULT_CLAIM_MAPPING: ClaimMapping = {
  subject: ['sub'],
  scopes: ['scope', 'scp'],
  roles: ['roles'],
  tier: ['tier'],
};

export type ToIdentity = (claims: Readonly<Record<string, unknown>>) => Identity;

/** The subject of a token without one is `''`. */
export function compileClaimMapping(mapping: ClaimMapping, kind: Identity['kind']): ToIdentity {
  const subject = compilePaths(mapping.subject);
  const scopes = compilePaths(mapping.scopes);
  const roles = compilePaths(mapping.roles);
  const tier = compilePaths(mapping.tier);
  return (claims) => {
    const subjectValue = subject(claims);
    const tierValue = tier(claims);
    const { jti: credentialId, exp } = claims;
    return {
      subject: typeof subjectValue === 'string' || typeof subjectValue === 'number' ? String(subjectValue) : '',
      kind,
      scopes: toList(scopes(claims)),
      roles: toList(roles(claims)),
      claims,
      ...(typeof tierValue === 'string' ? { tier: tierValue } : {}),
      ...(typeof credentialId === 'string' ? { credentialId } : {}),
      ...(typeof exp === 'number' ? { expiresAtMs: exp * 1000 } : {}),
    };
  };
}

function compilePaths(paths: readonly string[]): (claims: Readonly<Record<string, unknown>>) => unknown {
  const readers = paths.map(compileOwnPath);
  return (claims) => {
    for (const read of readers) {
      const value = read(claims);
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  };
}

function toList(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(' ').filter((item) => item !== '');
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
