import { readFileSync } from 'node:fs';
import type { AuthDefinition, UpstreamAuthDefinition } from '../../config/schema/identity.ts';
import { toClientAuthentication } from '../identity/compile-auth.ts';
import { ClientCredentials } from './client-credentials.ts';
import { compileIdentityHeaders } from './identity-headers.ts';
import { SignedIdentity } from './signed-identity.ts';
import { TokenEndpoint } from './token-endpoint.ts';
import { TokenExchange } from './token-exchange.ts';
import { compileUpstreamCredentials, type UpstreamCredentials } from './upstream-credentials.ts';

/** What upstreams learn of clients, for all upstreams of a config. */
export interface Forwarding {
  /** Names that clients may not set, since the gateway does; see `managed-headers.ts`. */
  readonly managedNames: readonly string[];
  /** Key set of the signed identity, to be served to upstreams; `undefined` where none is signed. */
  readonly keySet: SignedIdentity['keySet'] | undefined;
  credentialsOf(upstream: string, definition: UpstreamAuthDefinition): UpstreamCredentials;
}

/** @throws where a key cannot be read. */
export function compileForwarding({ headers, signed }: AuthDefinition['forward']): Forwarding {
  const identity = signed === undefined ? undefined : toSignedIdentity(signed);
  const setIdentityHeaders = compileIdentityHeaders(headers);
  return {
    managedNames: [...Object.keys(headers), ...(signed === undefined ? [] : [signed.header])],
    keySet: identity?.keySet,
    credentialsOf(upstream, definition) {
      const { clientCredentials, tokenExchange, passToken } = definition;
      return compileUpstreamCredentials({
        upstream,
        fixed: Object.fromEntries(
          Object.entries(definition.headers).map(([name, value]) => [name.toLowerCase(), value]),
        ),
        passToken,
        ...(definition.identity && { setIdentityHeaders }),
        ...(definition.identity &&
          identity !== undefined &&
          signed !== undefined && {
            signed: { header: signed.header.toLowerCase(), identity },
          }),
        ...(clientCredentials !== undefined && {
          clientCredentials: new ClientCredentials(toEndpoint(clientCredentials)),
        }),
        ...(tokenExchange !== undefined && { tokenExchange: new TokenExchange(toEndpoint(tokenExchange)) }),
      });
    },
  };
}

function toSignedIdentity(signed: NonNullable<AuthDefinition['forward']['signed']>): SignedIdentity {
  const { privateKey, algorithm, keyId, issuer, ttlMs } = signed;
  const options = { privateKey: readFileSync(privateKey, 'utf8'), algorithm, issuer, ttlMs };
  return new SignedIdentity(keyId === undefined ? options : { ...options, keyId });
}

function toEndpoint(definition: NonNullable<UpstreamAuthDefinition['clientCredentials']>): TokenEndpoint {
  const { tokenEndpoint: url, client, scopes, audience } = definition;
  const options = { url, client: toClientAuthentication(client, url), scopes };
  return new TokenEndpoint(audience === undefined ? options : { ...options, audience });
}
