import { X509Certificate } from 'node:crypto';
import type { ClientCertificate, Credentials } from './credentials.ts';

/** Where the certificate is read from; the header forms only where the peer is a trusted proxy. */
export type CertificateSource = 'tls' | 'client-cert' | 'xfcc';

/** `undefined`: none, or one that cannot be read. */
export type ReadCertificate = (credentials: Credentials) => ClientCertificate | undefined;

export function compileCertificateSource(source: CertificateSource): ReadCertificate {
  if (source === 'tls') return ({ certificate }) => certificate;
  const [name, parse] = source === 'xfcc' ? ['x-forwarded-client-cert', parseXfcc] : ['client-cert', parseClientCert];
  return ({ headers, fromTrustedProxy }) => {
    const value = fromTrustedProxy === true ? headers[name as string] : undefined;
    return value === undefined ? undefined : (parse as (text: string) => ClientCertificate | undefined)(value);
  };
}

/** RFC 9440 §2.2: a Byte Sequence of the DER form. */
export function parseClientCert(value: string): ClientCertificate | undefined {
  const match = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(value.trim());
  if (match === null) return undefined;
  try {
    return describeCertificate(new X509Certificate(Buffer.from(match[1] as string, 'base64')));
  } catch {
    return undefined;
  }
}

export function describeCertificate(certificate: X509Certificate): ClientCertificate {
  return {
    // OpenSSL gives one part a line, least specific first; RFC 4514 §2.1 is the other way round.
    subject: certificate.subject.split('\n').reverse().join(','),
    serialNumber: certificate.serialNumber,
    fingerprint256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    alternativeNames: parseAlternativeNames(certificate.subjectAltName),
    notAfterMs: Date.parse(certificate.validTo),
  };
}

/** `DNS:a, URI:b`; names with a comma or quote come as JSON strings. */
function parseAlternativeNames(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const names: string[] = [];
  for (const [, type, quoted, plain] of text.matchAll(/(?:^|, )([^:,]+):(?:("(?:[^"\\]|\\.)*")|([^,]*))/g)) {
    names.push(`${type === 'IP Address' ? 'IP' : type}:${quoted === undefined ? plain : JSON.parse(quoted)}`);
  }
  return names;
}

/**
 * Envoy's `X-Forwarded-Client-Cert`. Of several elements the last counts: it is what the nearest proxy saw, the others
 * are what it was told.
 */
export function parseXfcc(value: string): ClientCertificate | undefined {
  const element = splitOutsideQuotes(value, ',').at(-1)?.trim();
  if (element === undefined || element === '') return undefined;
  let subject = '';
  let fingerprint256 = '';
  const alternativeNames: string[] = [];
  for (const pair of splitOutsideQuotes(element, ';')) {
    const equals = pair.indexOf('=');
    if (equals < 0) return undefined;
    const name = pair.slice(0, equals).trim().toLowerCase();
    const text = unquote(pair.slice(equals + 1).trim());
    if (name === 'subject') subject = text;
    else if (name === 'hash') fingerprint256 = text.toLowerCase();
    else if (name === 'uri' && text !== '') alternativeNames.push(`URI:${text}`);
    else if (name === 'dns' && text !== '') alternativeNames.push(`DNS:${text}`);
  }
  if (fingerprint256 === '' && subject === '' && alternativeNames.length === 0) return undefined;
  return { subject, serialNumber: '', fingerprint256, alternativeNames, notAfterMs: Number.POSITIVE_INFINITY };
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (quoted && char === '\\') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === separator && !quoted) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

function unquote(text: string): string {
  return text.startsWith('"') && text.endsWith('"') && text.length > 1
    ? text.slice(1, -1).replace(/\\(.)/g, '$1')
    : text;
}
