import { createRemoteJWKSet, jwtVerify } from 'jose';

/** Who calls a service, as the bearer token says. */
export interface Caller {
  readonly subject: string;
  readonly scopes: readonly string[];
}

/** Reads the `Authorization` header; `null`: anonymous, or a token that does not hold. */
export type IdentifyCaller = (authorization: string | null) => Promise<Caller | null>;

/** Checks tokens against the keys at `jwksUrl`; without one, every caller is anonymous. */
export function createIdentifyCaller(jwksUrl: string | undefined): IdentifyCaller {
  if (jwksUrl === undefined) return async () => null;
  const keys = createRemoteJWKSet(new URL(jwksUrl));
  return async (authorization) => {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return null;
    try {
      const { payload } = await jwtVerify(token, keys, { audience: 'shop' });
      const scope = payload.scope;
      return payload.sub === undefined
        ? null
        : { subject: payload.sub, scopes: typeof scope === 'string' ? scope.split(' ') : [] };
    } catch {
      return null;
    }
  };
}
