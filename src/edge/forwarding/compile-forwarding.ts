import { readFileSync } from 'node:fs';
import type { AuthDefinition, UpstreamAuthDefinition } from '../../config/schema/identity.ts';
import { toClientAuthentication, toSource } from '../identity/compile-auth.ts';
import { compileTokenSources } from '../identity/token-source.ts';
import { compileManagedHeaders, type ManagedHeaders } from '../managed-headers.ts';
import { ClientCredentials } from './client-credentials.ts';
import { compileIdentityHeaders } from './identity-headers.ts';
import { SignedIdentity } from './signed-identity.ts';
import { TokenEndpoint } from './token-endpoint.ts';
import { TokenExchange } from './token-exchange.ts';
import { compileUpstreamCredentials, type UpstreamCredentials } from './upstream-credentials.ts';

/** What upstreams learn of clients, for all upstreams of a config. */
export interface Forwarding {
  /** Headers that clients may not set, since the gateway does. */
  readonly managed: ManagedHeaders;
  /** Their names, as configured. */
  readonly managedNames: readonly string[];
  /** Key set of the signed identity, for upstreams to verify by, and the path at which it is served; `undefined` where none is signed. */
  readonly keySet: { readonly path: string; readonly keys: SignedIdentity['keySet'] } | undefined;
  /** `undefined`: the upstream is told nothing, and shown nothing. */
  credentialsOf(upstream: string, definition: UpstreamAuthDefinition): UpstreamCredentials | undefined;
}

/** @throws where a key cannot be read. */
export function compileForwarding({ forward, tokensFrom }: Pick<AuthDefinition, 'forward' | 'tokensFrom'>): Forwarding {
  const { headers, signed } = forward;
  const identity = signed === undefined ? undefined : toSignedIdentity(signed);
  const setIdentityHeaders = compileIdentityHeaders(headers);
  const names = [...Object.keys(headers), ...(signed === undefined ? [] : [signed.header])];
  const managed = compileManagedHeaders(names);
  const readToken = compileTokenSources(tokensFrom.map(toSource));
  return {
    managed,
    managedNames: names,
    keySet: signed && identity && { path: signed.jwksPath, keys: identity.keySet },
    credentialsOf(upstream, definition) {
      const { clientCredentials, tokenExchange, passToken } = definition;
      const fixed = Object.entries(definition.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
      const isSilent = names.length === 0 && fixed.length === 0 && !passToken;
      if (isSilent && clientCredentials === undefined && tokenExchange === undefined) return undefined;
      return compileUpstreamCredentials({
        upstream,
        owns: managed.has,
        fixed: Object.fromEntries(fixed),
        readToken,
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
