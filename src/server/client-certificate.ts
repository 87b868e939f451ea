import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describeCertificate } from '../edge/identity/client-certificate.ts';
import type { ClientCertificate } from '../edge/identity/credentials.ts';

/** A connection's certificate cannot change: it is read at its first request. `null`: it has none. */
const known = new WeakMap<Socket, ClientCertificate | null>();

/** The certificate of the TLS client, where the listener asked for one and its chain holds. */
export function clientCertificateOf(socket: Socket): ClientCertificate | undefined {
  if (!(socket as TLSSocket).encrypted) return undefined;
  let certificate = known.get(socket);
  if (certificate === undefined) {
    certificate = read(socket as TLSSocket);
    known.set(socket, certificate);
  }
  return certificate ?? undefined;
}

function read(socket: TLSSocket): ClientCertificate | null {
  if (!socket.authorized) return null;
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? null : describeCertificate(certificate);
}
