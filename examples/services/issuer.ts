import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { listen, type Service } from './listen.ts';
import { runAlone } from './run-alone.ts';

/** `iss` and `aud` of every token. */
export const ISSUER = 'https://issuer.shop.example';
export const AUDIENCE = 'shop';

export interface TokenClaims {
  subject: string;
  /** Default: every scope that the shop asks for. */
  scopes?: readonly string[];
  /** Default `['customer']`. */
  roles?: readonly string[];
  /** Such as `12h`, the default. */
  expiresIn?: string;
}

/** A token issuer for development: it signs what it is asked to sign, with a key that dies with the process. */
export interface Issuer extends Service {
  readonly jwksUrl: string;
  issueToken(claims: TokenClaims): Promise<string>;
}

const ALL_SCOPES = ['users:read', 'orders:read', 'orders:write', 'catalog:write'];

/** Serves `GET /jwks.json`, and `GET /token?subject=u1&scope=orders:read`. */
export async function startIssuer({ port = 0 }: { port?: number } = {}): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'shop-1', alg: 'ES256', use: 'sig' };

  const issueToken = ({ subject, scopes = ALL_SCOPES, roles = ['customer'], expiresIn = '12h' }: TokenClaims) =>
    new SignJWT({ scope: scopes.join(' '), roles })
      .setProtectedHeader({ alg: 'ES256', kid: jwk.kid, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime(expiresIn)
      .setJti(crypto.randomUUID())
      .sign(privateKey);

  const service = await listen(
    async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://issuer');
      if (request.method === 'GET' && pathname === '/jwks.json') {
        response.writeHead(200, { 'content-type': 'application/jwk-set+json', 'cache-control': 'max-age=300' });
        response.end(JSON.stringify({ keys: [jwk] }));
      } else if (request.method === 'GET' && pathname === '/token') {
        const scopes = searchParams.get('scope')?.split(' ');
        const token = await issueToken({ subject: searchParams.get('subject') ?? 'u1', ...(scopes && { scopes }) });
        response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(token);
      } else {
        response.writeHead(404).end();
      }
    },
    { port },
  );
  return { ...service, jwksUrl: `${service.origin}/jwks.json`, issueToken };
}

await runAlone(import.meta, 'issuer', 4010, startIssuer);
