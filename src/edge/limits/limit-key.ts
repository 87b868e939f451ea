import { isIPv6 } from 'node:net';
import { compileOwnPath } from '../own-path.ts';
import type { Identity } from '../request-context.ts';

/** What of a request a limit can count by. */
export interface LimitFacts {
  readonly kind: 'graphql' | 'rest';
  readonly method: string;
  /** The route's name; the path of GraphQL. */
  readonly route: string;
  readonly clientAddress: string;
  readonly identity: Identity | null;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly operationName?: string | undefined;
  /** Estimated cost of a GraphQL operation; 1 where it is not known. */
  readonly operationCost?: number | undefined;
  /** Length of all lists that the operation gives to the argument of this coordinate, such as `Query.users(ids:)`. */
  readonly listSizeOf?: ((argument: string) => number) | undefined;
}

export type ToKey = (facts: LimitFacts) => string;

/**
 * Compiles one word of `by:`, such as `user` or `claim:tenant`. A client without what is counted by is counted by its
 * address, so that leaving a credential out escapes no limit.
 */
export function compileLimitKey(by: string | readonly string[]): ToKey {
  const parts = (typeof by === 'string' ? [by] : by).map(compilePart);
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  return (facts) => JSON.stringify(parts.map((part) => part(facts)));
}

/** Words of `by:` that part one client from the others, if only by its address. */
export function countsOneClient(by: string | readonly string[]): boolean {
  return [by].flat().some((part) => !/^(global|route|operation|tier)$/.test(part));
}

/** Words of `by:` whose key is not known before the client is. */
export function needsIdentity(by: string | readonly string[]): boolean {
  return [by].flat().some((part) => /^(user|api_key|tier|claim:.*)$/.test(part));
}

function compilePart(by: string): ToKey {
  switch (by) {
    case 'global':
      return () => '';
    case 'address':
      return byAddress;
    case 'route':
      return ({ route }) => route;
    case 'operation':
      return ({ operationName }) => operationName ?? '';
    case 'user':
      return (facts) => (facts.identity === null ? byAddress(facts) : `user:${facts.identity.subject}`);
    case 'tier':
      return ({ identity }) => identity?.tier ?? '';
    case 'api_key':
      return (facts) => {
        const { identity } = facts;
        return identity?.kind === 'api_key' && identity.credentialId !== undefined
          ? `key:${identity.credentialId}`
          : byAddress(facts);
      };
  }
  if (by.startsWith('header:')) {
    const name = by.slice('header:'.length).toLowerCase();
    return (facts) => (facts.headers[name] === undefined ? byAddress(facts) : `header:${facts.headers[name]}`);
  }
  if (by.startsWith('claim:')) {
    const read = compileOwnPath(by.slice('claim:'.length));
    return (facts) => {
      const value = facts.identity === null ? undefined : read(facts.identity.claims);
      return typeof value === 'string' || typeof value === 'number' ? `claim:${value}` : byAddress(facts);
    };
  }
  throw new TypeError(`Cannot count by "${by}"`);
}

function byAddress({ clientAddress }: LimitFacts): string {
  return `address:${networkOf(clientAddress)}`;
}

/** An IPv6 client has a whole /64 to choose addresses from (RFC 6177), so that is what is counted. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const rest = tail === '' ? [] : tail.split(':');
    // A dotted end stands for two groups; it is beyond the first 64 bits in any case.
    const length = rest.length + (rest.at(-1)?.includes('.') ? 1 : 0);
    while (groups.length + length < 8) groups.push('0');
    groups.push(...rest);
  }
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
