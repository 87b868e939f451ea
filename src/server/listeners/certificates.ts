import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { TlsDefinition } from './listener-definition.ts';

/** What a TLS listener shows, read from its files. */
export interface Certificates {
  /** The one that is shown to clients that ask for no name, or for one that no certificate has. */
  readonly fallback: SecureContextOptions;
  /** The one that has the name (RFC 6066 §3). */
  contextFor(serverName: string): SecureContext | undefined;
  /** Files of those that are out of date. */
  readonly expired: readonly string[];
  /** All that was read, to tell whether it has changed. */
  readonly bytes: Buffer;
}

/** The files that {@link readCertificates} reads. */
export function certificateFiles({ cert, key, certificates, clientCa }: TlsDefinition): readonly string[] {
  const pairs = certificates.flatMap((one) => [one.cert, one.key]);
  return [...new Set([cert, key, ...pairs, clientCa].filter((file) => file !== undefined))];
}

/** @throws {Error} where a file cannot be read, is no certificate or key, or does not belong to the other. */
export async function readCertificates(tls: TlsDefinition, nowMs: number = Date.now()): Promise<Certificates> {
  const { cert, key, passphrase, certificates, clientCa, minVersion } = tls;
  const first = cert !== undefined && key !== undefined ? [{ cert, key, passphrase }] : [];
  const ca = clientCa === undefined ? undefined : await readFile(clientCa);
  const contexts = new Map<string, SecureContext>();
  const read: Buffer[] = ca === undefined ? [] : [ca];
  const expired: string[] = [];
  let fallback: SecureContextOptions | undefined;
  for (const files of [...first, ...certificates]) {
    const [certBytes, keyBytes] = await Promise.all([readFile(files.cert), readFile(files.key)]);
    read.push(certBytes, keyBytes);
    const options: SecureContextOptions = {
      cert: certBytes,
      key: keyBytes,
      minVersion,
      ...(files.passphrase !== undefined && { passphrase: files.passphrase }),
      ...(ca !== undefined && { ca }),
    };
    const context = explain(files.cert, () => createSecureContext(options));
    const certificate = explain(files.cert, () => new X509Certificate(certBytes));
    if (Date.parse(certificate.validTo) < nowMs) expired.push(files.cert);
    fallback ??= options;
    for (const name of namesOf(certificate)) if (!contexts.has(name)) contexts.set(name, context);
  }
  if (fallback === undefined) throw new Error('Cannot speak TLS: at least one certificate must be given, got none');
  return {
    fallback,
    contextFor(serverName) {
      const name = serverName.toLowerCase();
      // RFC 6125 §6.4.3: the wildcard stands for exactly one label.
      return contexts.get(name) ?? contexts.get(`*${name.slice(name.indexOf('.'))}`);
    },
    expired,
    bytes: Buffer.concat(read),
  };
}

function namesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return [...subjectAltName.matchAll(/(?:^|, )DNS:([^,"]+)/g)].map(([, name = '']) => name.toLowerCase());
}

function explain<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Error(`Cannot use the certificate "${file}" with its key: ${(cause as Error).message}`, { cause });
  }
}
