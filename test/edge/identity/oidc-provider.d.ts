/** What the tests use of `oidc-provider`, which brings no types. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  export interface Configuration {
    readonly jwks: { readonly keys: readonly object[] };
    readonly clients: readonly {
      readonly client_id: string;
      readonly client_secret: string;
      readonly grant_types: readonly string[];
      readonly redirect_uris: readonly string[];
      readonly response_types: readonly string[];
    }[];
    readonly scopes: readonly string[];
    readonly ttl?: Readonly<Record<string, number>>;
    readonly features: Readonly<Record<string, object>>;
  }

  export default class Provider {
    constructor(issuer: string, configuration: Configuration);
    callback(): RequestListener;
  }
}
