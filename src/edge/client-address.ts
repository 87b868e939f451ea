import { BlockList, isIP } from 'node:net';

/** The facts of forwarding that the client's address is found from. */
export interface ForwardedFacts {
  /** Address of the peer on the socket. */
  readonly peerAddress: string;
  /** Whether the connection to the peer is TLS. */
  readonly isTls?: boolean;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Proxies whose word is believed. */
export interface TrustedProxies {
  /** Whether the address is a trusted proxy. */
  has(address: string): boolean;
  /**
   * The client's address: `X-Forwarded-For`, or `Forwarded` (RFC 7239) where there is none, read from the right while what
   * is read was added by a trusted proxy. What cannot be read ends the walk: the last address that can stands.
   */
  clientAddress(facts: ForwardedFacts): string;
  /** Whether the client's own hop is TLS: the peer's connection, or what a trusted proxy says of the client's. */
  isTls(facts: ForwardedFacts): boolean;
}

/**
 * @param addresses Addresses and CIDR ranges, IPv4 and IPv6.
 * @throws {TypeError} where one is neither.
 */
export function compileTrustedProxies(addresses: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const address of addresses) addRange(list, address);
  const has = (address: string): boolean => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
  const isTrusted = addresses.length === 0 ? () => false : (address: string) => has(normalizeAddress(address));
  /** The address, and how many hops from the right of the list it stands; 0: it is the peer's. */
  const walk = (peerAddress: string, hops: readonly string[]): { address: string; distance: number } => {
    let address = normalizeAddress(peerAddress);
    let distance = 0;
    for (let at = hops.length - 1; at >= 0 && has(address); at -= 1) {
      const hop = parseHop(hops[at] as string);
      if (hop === undefined) break;
      address = hop;
      distance += 1;
    }
    return { address, distance };
  };
  return {
    has: isTrusted,
    clientAddress({ peerAddress, headers }) {
      if (!isTrusted(peerAddress)) return normalizeAddress(peerAddress);
      return walk(peerAddress, readHops(headers)).address;
    },
    isTls({ peerAddress, headers, isTls = false }) {
      if (!isTrusted(peerAddress)) return isTls;
      const protocols = readProtocols(headers);
      const { distance } = walk(peerAddress, readHops(headers));
      // One for each hop, or only the nearest proxy's word.
      const said = protocols.at(-Math.max(1, Math.min(distance, protocols.length)));
      return said === undefined || said === '' ? isTls : said.toLowerCase() === 'https';
    },
  };
}

/** An IPv4 address that comes mapped into IPv6 (`::ffff:10.0.0.1`) is the IPv4 address; a zone is no part of it. */
export function normalizeAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped !== null) return mapped[1] as string;
  const zone = address.indexOf('%');
  return zone === -1 ? address : address.slice(0, zone);
}

function addRange(list: BlockList, text: string): void {
  const slash = text.lastIndexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const family = isIP(address);
  const bits = family === 4 ? 32 : 128;
  const prefix = slash === -1 ? bits : Number(text.slice(slash + 1));
  const isPrefix = slash === -1 || (/^\d{1,3}$/.test(text.slice(slash + 1)) && prefix <= bits);
  if (family === 0 || !isPrefix) {
    throw new TypeError(`Cannot trust the proxy "${text}": expected an address or a CIDR range such as "10.0.0.0/8"`);
  }
  list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
}

function readHops(headers: ForwardedFacts['headers']): readonly string[] {
  const forwardedFor = headers['x-forwarded-for'];
  if (forwardedFor !== undefined) return forwardedFor.split(',');
  const { forwarded } = headers;
  return forwarded === undefined ? [] : forwarded.split(',').map((element) => readParameter(element, 'for'));
}

/** From the same of both headers as the addresses. */
function readProtocols(headers: ForwardedFacts['headers']): readonly string[] {
  const protocol = headers['x-forwarded-proto'];
  if (protocol !== undefined) return protocol.split(',').map((each) => each.trim());
  const { forwarded } = headers;
  if (headers['x-forwarded-for'] !== undefined || forwarded === undefined) return [];
  return forwarded.split(',').map((element) => readParameter(element, 'proto'));
}

/** RFC 7239 §4: a parameter of one element; `''` where it has none or several of the name. */
function readParameter(element: string, name: 'for' | 'proto'): string {
  const values = element
    .split(';')
    .map((pair) => /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(pair))
    .filter((pair) => pair?.[1]?.toLowerCase() === name)
    .map((pair) => pair?.[2] as string);
  const [value] = values;
  if (value === undefined || values.length > 1) return '';
  return /^"[^"\\]*"$/.test(value) ? value.slice(1, -1) : value;
}

/** An address, also with a port (`1.2.3.4:80`, `[::1]:80`). Obfuscated and unknown ones (RFC 7239 §6) are none. */
function parseHop(text: string): string | undefined {
  const hop = text.trim();
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/i.exec(hop)?.[1];
  const address = bracketed ?? /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(hop)?.[1] ?? hop;
  if (bracketed !== undefined && isIP(bracketed) !== 6) return undefined;
  return isIP(address) === 0 || address.includes('%') ? undefined : normalizeAddress(address);
}
