import net, { type LookupFunction, type OnReadOpts } from 'node:net';
import tls from 'node:tls';
import { PatientTimer } from '../../patient-timer.ts';
import { systemClock } from '../clock.ts';
import type { TlsOptions } from './tls-options.ts';

export interface ConnectOptions {
  readonly url: URL;
  readonly tls: TlsOptions;
  readonly lookup: LookupFunction;
  readonly timeoutMs: number;
  /** Protocols for ALPN, the preferred first (RFC 7301). */
  readonly protocols: readonly string[];
  /** Reads without a stream in between; without TLS only. */
  readonly onread?: OnReadOpts | undefined;
}

/** A connected socket; for https, after the handshake and with the certificate verified. */
export function connectSocket({
  url,
  tls: tlsOptions,
  lookup,
  timeoutMs,
  protocols,
  onread,
}: ConnectOptions): Promise<net.Socket> {
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const to = { host, port: Number(url.port) || (secure ? 443 : 80), lookup };
  return new Promise((resolve, reject) => {
    // SNI takes names only (RFC 6066 §3).
    const servername = tlsOptions.servername ?? (net.isIP(host) === 0 ? host : '');
    const socket = secure
      ? tls.connect({ ...to, ...tlsOptions, servername, ALPNProtocols: [...protocols] })
      : net.connect(onread === undefined ? to : { ...to, onread });
    const onTimeout = () => {
      const error = new Error(`No connection to ${url.host} within ${timeoutMs} ms`);
      socket.destroy(Object.assign(error, { code: 'CONNECT_TIMEOUT' }));
    };
    const timer = new PatientTimer(systemClock, onTimeout, timeoutMs);
    const onError = (error: Error) => {
      timer.clear();
      reject(error);
    };
    socket.setNoDelay(true).setKeepAlive(true, TCP_KEEP_ALIVE_MS);
    socket.once('error', onError);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      timer.clear();
      socket.off('error', onError);
      resolve(socket);
    });
  });
}

const TCP_KEEP_ALIVE_MS = 60_000;
