import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { TransportDefinition } from '../../config/schema/transport.ts';

/** What `tls.connect` needs, with the files read. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
}

/**
 * @param file The upstream file; relative paths start at its folder.
 * @throws If a file cannot be read.
 */
export function readTlsOptions(tls: TransportDefinition['tls'], file: string): TlsOptions {
  const read = (path: string) => readFileSync(resolve(dirname(file), path), 'utf8');
  return {
    rejectUnauthorized: tls.verify,
    minVersion: tls.minVersion,
    ...(tls.ca !== undefined && { ca: read(tls.ca) }),
    ...(tls.cert !== undefined && { cert: read(tls.cert) }),
    ...(tls.key !== undefined && { key: read(tls.key) }),
    ...(tls.passphrase !== undefined && { passphrase: tls.passphrase }),
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
  };
}
