import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:tls';
import { type Certificates, certificateFiles, readCertificates } from './certificates.ts';
import type { ListenerIncident } from './events.ts';
import type { TlsDefinition } from './listener-definition.ts';
import { watchFiles } from './watch-files.ts';

export interface TlsServer {
  /** Is handed connections by `emit('connection')`, and emits `secureConnection` and `tlsClientError`. */
  readonly server: Server;
  close(): void;
}

export interface TlsServerParts {
  readonly tls: TlsDefinition;
  readonly hasHttp2: boolean;
  readonly handshakeTimeoutMs: number;
  readonly onIncident: (incident: ListenerIncident) => void;
  /** Default: `Date.now`. */
  readonly now?: () => number;
}

/**
 * TLS whose certificates follow their files. Connections keep what they began with. What is out of date is better than nothing
 * at the start, but does not replace what is not.
 * @throws {Error} where the files are of no use at the start; later ones that are not are refused, and the former go on.
 */
export async function createTlsServer(parts: TlsServerParts): Promise<TlsServer> {
  const { tls, onIncident, now = Date.now } = parts;
  const files = certificateFiles(tls);
  let current = await readCertificates(tls, now());
  if (current.expired.length > 0) onIncident({ type: 'certificates_expired', files: current.expired });
  const server = createServer({
    ...current.fallback,
    ALPNProtocols: parts.hasHttp2 ? ['h2', 'http/1.1'] : ['http/1.1'],
    SNICallback: (name, callback) => callback(null, current.contextFor(name)),
    handshakeTimeout: parts.handshakeTimeoutMs,
    requestCert: tls.clientCertificates !== 'off',
    rejectUnauthorized: tls.clientCertificates === 'require',
  });
  const put = (next: Certificates): void => {
    if (next.bytes.equals(current.bytes)) return;
    if (next.expired.length > 0 && current.expired.length === 0) {
      throw new Error(`Cannot use the certificate "${next.expired[0]}": it has expired`);
    }
    current = next;
    server.setSecureContext(next.fallback);
    // A session that is resumed is not verified again: those that began under other authorities must not be.
    server.setTicketKeys(randomBytes(48));
    onIncident({ type: 'certificates_loaded', files });
  };
  let reading = Promise.resolve();
  const close = watchFiles(files, () => {
    reading = reading
      .then(async () => put(await readCertificates(tls, now())))
      .catch((cause: unknown) => onIncident({ type: 'certificates_refused', cause }));
  });
  return { server, close };
}
