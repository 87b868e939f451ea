import { BlockList, isIP } from 'node:net';
import type { RequestContext } from '../../edge/request-context.ts';
import { readCookie } from '../headers/cookie.ts';

export interface PinSettings {
  readonly header?: string | undefined;
  readonly cookie?: string | undefined;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly addresses: readonly string[];
}

/** The version that a tester asks for; `undefined`: none, or the client is not trusted to. */
export type ReadPin = (context: RequestContext) => string | undefined;

/** @throws If an address is neither an address nor a CIDR range. */
export function compilePin({ header, cookie, roles, scopes, addresses }: PinSettings): ReadPin {
  const lower = header?.toLowerCase();
  const ranges = new BlockList();
  for (const text of addresses) {
    const [address = '', bits] = text.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) ranges.addAddress(address, family);
    else ranges.addSubnet(address, Number(bits), family);
  }
  const isTrusted = ({ identity, clientAddress }: RequestContext): boolean => {
    if (identity !== null) {
      if (roles.some((role) => identity.roles.includes(role))) return true;
      if (scopes.some((scope) => identity.scopes.includes(scope))) return true;
    }
    const family = isIP(clientAddress);
    return family !== 0 && ranges.check(clientAddress, family === 6 ? 'ipv6' : 'ipv4');
  };
  return (context) => {
    const wanted =
      (lower === undefined ? undefined : context.headers[lower]) ??
      (cookie === undefined ? undefined : readCookie(context.headers.cookie, cookie));
    return wanted !== undefined && isTrusted(context) ? wanted : undefined;
  };
}
