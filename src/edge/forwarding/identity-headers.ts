import { compileOwnPath } from '../own-path.ts';
import type { RequestContext } from '../request-context.ts';

/** What upstreams can be told of a request. */
export type ForwardedFacts = Pick<RequestContext, 'identity' | 'requestId' | 'clientAddress'>;

type ReadFact = (facts: ForwardedFacts) => unknown;

/** Adds the headers that upstreams are told; a fact that is not there makes no header. */
export type SetIdentityHeaders = (facts: ForwardedFacts, headers: Record<string, string>) => void;

/**
 * @param definitions Header name: subject, kind, scopes, roles, tier, credential_id, request_id, client_address, claim:<path>.
 * @throws {TypeError} for another word.
 */
export function compileIdentityHeaders(definitions: Readonly<Record<string, string>>): SetIdentityHeaders {
  const rules = Object.entries(definitions).map(([name, word]) => [name.toLowerCase(), compileFact(word)] as const);
  return (facts, headers) => {
    for (const [name, read] of rules) {
      const value = toFieldValue(read(facts));
      if (value !== undefined) headers[name] = value;
    }
  };
}

function compileFact(word: string): ReadFact {
  switch (word) {
    case 'subject':
      return ({ identity }) => identity?.subject;
    case 'kind':
      return ({ identity }) => identity?.kind;
    case 'scopes':
      // RFC 6749 §3.3: a scope has no space in it.
      return ({ identity }) => identity?.scopes.join(' ');
    case 'roles':
      return ({ identity }) => identity?.roles;
    case 'tier':
      return ({ identity }) => identity?.tier;
    case 'credential_id':
      return ({ identity }) => identity?.credentialId;
    case 'request_id':
      return ({ requestId }) => requestId;
    case 'client_address':
      return ({ clientAddress }) => clientAddress;
  }
  if (!word.startsWith('claim:')) throw new TypeError(`Cannot forward "${word}": there is no such fact of an identity`);
  const read = compileOwnPath(word.slice('claim:'.length));
  return ({ identity }) => (identity === null ? undefined : read(identity.claims));
}

/** Claims come from outside: nothing of them may end the field or begin another (RFC 9110 §5.5). */
function toFieldValue(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  const text = typeof value === 'string' ? value : isList ? value.join(',') : JSON.stringify(value);
  return /[^\x20-\x7e]/.test(text) ? text.replace(/[^\x20-\x7e]+/gu, percentEncode) : text;
}

function percentEncode(text: string): string {
  let encoded = '';
  for (const byte of Buffer.from(text)) encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return encoded;
}
