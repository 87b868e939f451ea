import { WeirError } from '../../errors.ts';
import { expiresAtMs } from '../identity/expiry.ts';
import type { ReadToken } from '../identity/token-source.ts';
import type { RequestContext } from '../request-context.ts';
import type { ClientCredentials } from './client-credentials.ts';
import type { SetIdentityHeaders } from './identity-headers.ts';
import type { SignedIdentity } from './signed-identity.ts';
import type { TokenExchange } from './token-exchange.ts';

/** What an upstream is shown of the gateway and of the client. */
export interface UpstreamCredentialsOptions {
  readonly upstream: string;
  /** Whether a header is the gateway's alone, however it is spelled. */
  readonly owns: (name: string) => boolean;
  /** Fixed headers, names in lower case. */
  readonly fixed?: Readonly<Record<string, string>>;
  readonly setIdentityHeaders?: SetIdentityHeaders;
  readonly signed?: { readonly header: string; readonly identity: SignedIdentity };
  readonly clientCredentials?: ClientCredentials;
  readonly tokenExchange?: TokenExchange;
  /** The client's token, to be exchanged. */
  readonly readToken: ReadToken;
  /** Whether the client's `Authorization` goes on as it is. */
  readonly passToken?: boolean;
}

/** What goes with every request to an upstream to say who asks and to prove the gateway. */
export interface UpstreamCredentials {
  /** Whether only these credentials may set the header: what rules or clients say under such a name is dropped. */
  owns(name: string): boolean;
  /**
   * Headers, names in lower case; they replace what is there. At once where nothing must be asked. Rejects with
   * `UPSTREAM_UNAVAILABLE` where a token cannot be had: a request never goes without it.
   */
  headersFor(context: RequestContext): UpstreamHeaders | Promise<UpstreamHeaders>;
  /** To be told when the upstream answers 401 to these headers. @returns whether it is worth asking once more, with new ones. */
  refused(headers: UpstreamHeaders): boolean;
}

export type UpstreamHeaders = Readonly<Record<string, string>>;

export function compileUpstreamCredentials(options: UpstreamCredentialsOptions): UpstreamCredentials {
  const { upstream, owns, fixed = {}, setIdentityHeaders, signed, clientCredentials, tokenExchange } = options;
  return {
    owns,
    headersFor(context) {
      const headers: Record<string, string> = { ...fixed };
      setIdentityHeaders?.(context, headers);
      const { authorization } = context.headers;
      if (options.passToken === true && authorization !== undefined) headers.authorization = authorization;
      const waits: Promise<void>[] = [];
      if (signed !== undefined) waits.push(put(headers, signed.header, signed.identity.mint(context, upstream)));
      const subjectToken = tokenExchange === undefined ? undefined : options.readToken(context);
      if (tokenExchange !== undefined && subjectToken !== undefined) {
        setBearer(headers, waits, () => tokenExchange.exchange(subjectToken, expiresAtMs(context.identity)));
      } else if (clientCredentials !== undefined) {
        setBearer(headers, waits, () => clientCredentials.token());
      }
      if (waits.length === 0) return headers;
      return Promise.all(waits).then(
        () => headers,
        (cause: unknown) => {
          throw new WeirError('UPSTREAM_UNAVAILABLE', `Cannot get a credential for "${upstream}"`, { upstream, cause });
        },
      );
    },
    refused({ authorization }) {
      const token = bearerOf(authorization);
      return clientCredentials !== undefined && token !== undefined && clientCredentials.forget(token);
    },
  };
}

function setBearer(
  headers: Record<string, string>,
  waits: Promise<void>[],
  read: () => string | Promise<string>,
): void {
  const token = read();
  if (typeof token === 'string') headers.authorization = `Bearer ${token}`;
  else
    waits.push(
      put(
        headers,
        'authorization',
        token.then((later) => `Bearer ${later}`),
      ),
    );
}

async function put(headers: Record<string, string>, name: string, value: Promise<string>): Promise<void> {
  headers[name] = await value;
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}
