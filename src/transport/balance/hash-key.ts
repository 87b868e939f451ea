import type { RequestContext } from '../../edge/request-context.ts';
import { readCookie } from '../headers/cookie.ts';

/** What makes requests belong together; `undefined`: nothing. */
export type HashKey = (context: RequestContext) => string | undefined;

/** @param hashBy `address`, `header:NAME`, `cookie:NAME` or `claim:NAME`. */
export function compileHashKey(hashBy: string): HashKey {
  const colon = hashBy.indexOf(':');
  const kind = colon === -1 ? hashBy : hashBy.slice(0, colon);
  const name = hashBy.slice(colon + 1);
  switch (kind) {
    case 'header': {
      const lower = name.toLowerCase();
      return ({ headers }) => headers[lower];
    }
    case 'cookie':
      return ({ headers }) => readCookie(headers.cookie, name);
    case 'claim':
      return ({ identity }) => {
        if (identity === null) return undefined;
        if (name === 'sub') return identity.subject;
        const claim = Object.hasOwn(identity.claims, name) ? identity.claims[name] : undefined;
        return claim === undefined || claim === null ? undefined : String(claim);
      };
    default:
      return ({ clientAddress }) => clientAddress;
  }
}
