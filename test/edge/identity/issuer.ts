import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';

/** An OpenID provider that issues JWTs for the resource `urn:shop`, and opaque tokens otherwise. */
export class Issuer {
  readonly url: string;
  readonly #server: Server;
  #callback: RequestListener = () => {};
  introspections = 0;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      response.setHeader('connection', 'close');
      if (request.url?.includes('introspection') === true) this.introspections += 1;
      this.#callback(request, response);
    });
  }

  static async start(keys: readonly JWK[]): Promise<Issuer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = new Issuer(server);
    issuer.rotate(keys);
    return issuer;
  }

  /** Signs with the first of the keys from now on, and publishes these only. */
  rotate(keys: readonly JWK[]): void {
    const configuration: Configuration = {
      jwks: { keys: keys },
      clients: [CLIENT, GATEWAY],
      scopes: ['read', 'write'],
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        introspection: { enabled: true, allowedPolicy: async () => true },
        revocation: { enabled: true, allowedPolicy: async () => true },
        resourceIndicators: {
          enabled: true,
          defaultResource: async () => [],
          getResourceServerInfo: async (_context: unknown, resource: string) => ({
            scope: 'read write',
            audience: resource,
            accessTokenTTL: 600,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES256' } },
          }),
        },
      },
    };
    const provider = new Provider(this.url, configuration);
    this.#callback = provider.callback();
  }

  async token(parameters: Record<string, string> = { resource: 'urn:shop', scope: 'read' }): Promise<string> {
    const answer = await this.#post('/token', { grant_type: 'client_credentials', ...parameters });
    const { access_token: token, ...rest } = (await answer.json()) as { access_token?: string };
    if (token === undefined) throw new Error(`The issuer gave no token: ${JSON.stringify(rest)}`);
    return token;
  }

  async revoke(token: string): Promise<void> {
    await this.#post('/token/revocation', { token });
  }

  /** Takes the issuer off the network. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #post(path: string, form: Record<string, string>): Promise<Response> {
    // RFC 6749 §2.3.1 has the secret form-encoded.
    const secret = new URLSearchParams({ '': CLIENT.client_secret }).toString().slice(1);
    const authorization = `Basic ${Buffer.from(`${CLIENT.client_id}:${secret}`).toString('base64')}`;
    return fetch(this.url + path, { method: 'POST', headers: { authorization }, body: new URLSearchParams(form) });
  }
}

const SERVICE = {
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  id_token_signed_response_alg: 'ES256',
};

export const CLIENT = { ...SERVICE, client_id: 'clerk', client_secret: 'a secret: with % and +' };
export const GATEWAY = { ...SERVICE, client_id: 'weir', client_secret: 'the secret of the gateway' };

export async function createPrivateJwk(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' };
}
