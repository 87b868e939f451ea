import type { Credentials } from './credentials.ts';

/** Where a token is looked for. `scheme` is compared without case and taken off; `''`: the value is the token. */
export type TokenSource =
  | { readonly in: 'header'; readonly name: string; readonly scheme: string }
  | { readonly in: 'cookie'; readonly name: string }
  | { readonly in: 'query'; readonly name: string };

export const AUTHORIZATION_BEARER: TokenSource = { in: 'header', name: 'authorization', scheme: 'Bearer' };

/** `undefined`: none of the sources has a token. The first that has one wins. */
export type ReadToken = (credentials: Credentials) => string | undefined;

export function compileTokenSources(sources: readonly TokenSource[]): ReadToken {
  const readers = sources.map(compileSource);
  const [first] = readers;
  if (first !== undefined && readers.length === 1) return first;
  return (credentials) => {
    for (const read of readers) {
      const token = read(credentials);
      if (token !== undefined) return token;
    }
    return undefined;
  };
}

function compileSource(source: TokenSource): ReadToken {
  const { name } = source;
  if (source.in === 'header') {
    const header = name.toLowerCase();
    const scheme = source.scheme.toLowerCase();
    return ({ headers }) => readHeader(headers[header], scheme);
  }
  if (source.in === 'cookie') return ({ headers }) => readCookie(headers.cookie, name);
  return ({ query }) => (query === undefined ? undefined : readQuery(query, name));
}

function readHeader(value: string | undefined, scheme: string): string | undefined {
  if (value === undefined) return undefined;
  if (scheme === '') return value.trim() || undefined;
  // RFC 9110 §11.1: the scheme has no case; RFC 6750 §2.1: one space, then the token.
  if (value.charCodeAt(scheme.length) !== 0x20 || value.slice(0, scheme.length).toLowerCase() !== scheme)
    return undefined;
  return value.slice(scheme.length + 1).trim() || undefined;
}

/** RFC 6265 §4.2.1. The first pair of the name wins: it has the longest path. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    const value = pair.slice(equals + 1).trim();
    return (value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value) || undefined;
  }
  return undefined;
}

function readQuery(query: string, name: string): string | undefined {
  return new URLSearchParams(query).get(name) || undefined;
}
