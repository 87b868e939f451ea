import type { RequestContext } from '../../edge/request-context.ts';
import { readCookie } from '../headers/cookie.ts';

export type KeySource = 'user' | 'api_key' | 'cookie' | 'address';

/** What makes a client the same client in its next request: the first source that the request has. */
export function clientKey(context: RequestContext, sources: readonly KeySource[], cookie: string): string | undefined {
  const { identity } = context;
  for (const source of sources) {
    switch (source) {
      case 'user':
        if (identity !== null && identity.kind !== 'api_key') return `user ${identity.subject}`;
        break;
      case 'api_key':
        if (identity?.kind === 'api_key') return `key ${identity.credentialId ?? identity.subject}`;
        break;
      case 'cookie': {
        const value = readCookie(context.headers.cookie, cookie);
        if (value !== undefined && value !== '') return `cookie ${value}`;
        break;
      }
      default:
        return `address ${context.clientAddress}`;
    }
  }
  return undefined;
}
