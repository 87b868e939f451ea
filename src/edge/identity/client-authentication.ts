import { randomUUID } from 'node:crypto';
import { importJWK, importPKCS8, type JWK, SignJWT } from 'jose';

/** How the gateway proves itself to an authorization server (RFC 6749 §2.3, RFC 7523 §2.2). */
export type ClientAuthentication =
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post';
      readonly clientId: string;
      readonly clientSecret: string;
    }
  | {
      readonly method: 'private_key_jwt';
      readonly clientId: string;
      /** PKCS #8 in PEM, or a private JWK as JSON. */
      readonly privateKey: string;
      readonly algorithm: string;
      readonly keyId?: string;
      /** `aud` of the assertion: what the server calls itself. */
      readonly audience: string;
    };

/** Adds the proof to a form request. */
export type Authenticate = (form: URLSearchParams, headers: Record<string, string>) => Promise<void>;

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export function compileClientAuthentication(client: ClientAuthentication): Authenticate {
  if (client.method === 'private_key_jwt') return compileAssertion(client);
  const { clientId, clientSecret } = client;
  if (client.method === 'client_secret_post') {
    return async (form) => {
      form.set('client_id', clientId);
      form.set('client_secret', clientSecret);
    };
  }
  // RFC 6749 §2.3.1: both are form-encoded before they are joined.
  const value = `Basic ${Buffer.from(`${formEncode(clientId)}:${formEncode(clientSecret)}`).toString('base64')}`;
  return async (_form, headers) => {
    headers.authorization = value;
  };
}

function compileAssertion(client: ClientAuthentication & { readonly method: 'private_key_jwt' }): Authenticate {
  const key = importPrivateKey(client.privateKey, client.algorithm);
  // Whether the key can be read is told by the first use; until then nobody waits for it.
  key.catch(() => {});
  return async (form) => {
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: client.algorithm, ...(client.keyId === undefined ? {} : { kid: client.keyId }) })
      .setIssuer(client.clientId)
      .setSubject(client.clientId)
      .setAudience(client.audience)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(await key);
    form.set('client_id', client.clientId);
    form.set('client_assertion_type', ASSERTION_TYPE);
    form.set('client_assertion', assertion);
  };
}

/** Reads a private key, PKCS #8 in PEM or a JWK as JSON. Rejects where it is neither. */
export async function importPrivateKey(text: string, algorithm: string) {
  return text.trimStart().startsWith('{')
    ? importJWK(JSON.parse(text) as JWK, algorithm)
    : importPKCS8(text, algorithm);
}

function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
