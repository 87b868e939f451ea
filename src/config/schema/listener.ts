import * as z from 'zod';
import { addressRange } from './address-range.ts';
import { certificateHasKey } from './certificate-has-key.ts';
import { path } from './path.ts';
import { duration, type SectionRule, section } from './section.ts';

const certificate = section({
  cert: path('file', 'PEM file of the certificate and its chain'),
  key: path('file', 'PEM file of its key'),
  passphrase: z.string().optional().describe('Passphrase of the key'),
});

const clientCaIsUsed: SectionRule = {
  check({ client_certificates, client_ca }) {
    const isAsked = client_certificates !== undefined && client_certificates !== 'off';
    if (isAsked === (client_ca !== undefined)) return undefined;
    return isAsked
      ? {
          message: 'Client certificates are verified by "client_ca", which is missing',
          path: ['client_certificates'],
          hint: 'Add `client_ca:`, the PEM file of the authorities that sign the certificates of your clients',
        }
      : {
          message: '"client_ca" verifies client certificates, and none are asked for',
          path: ['client_ca'],
          hint: 'Add `client_certificates: request` or `require`, or remove the key',
        };
  },
};

const hasCertificate: SectionRule = {
  check({ cert, key, certificates }) {
    const hasOthers = Array.isArray(certificates) && certificates.length > 0;
    if (cert !== undefined || key !== undefined || hasOthers) return undefined;
    return { message: 'TLS needs a certificate, got none', hint: 'Add `cert:` and `key:`' };
  },
};

/** `tls:` of a listener. */
export const tls = section(
  {
    cert: path('file', 'PEM file of the certificate and its chain').optional(),
    key: path('file', 'PEM file of its key').optional(),
    passphrase: z.string().optional().describe('Passphrase of the key'),
    certificates: z
      .array(certificate)
      .default([])
      .describe('More of them; the one that has the name asked for (SNI) is shown, the first of all where none has it'),
    min_version: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2').describe('Oldest version of TLS that is spoken'),
    client_certificates: z
      .enum(['off', 'request', 'require'])
      .default('off')
      .describe('request: a client may show one, and one that does not hold counts as none; require: it must'),
    client_ca: path('file', 'PEM file of the authorities that verify client certificates').optional(),
  },
  certificateHasKey,
  hasCertificate,
  clientCaIsUsed,
);

const proxyProtocol = section({
  trusted: z
    .array(addressRange())
    .default([])
    .describe(
      'Balancers: each of their connections must begin with a header of version 2. Connections of others are taken as they are. Behind a unix socket everyone is trusted',
    ),
  timeout: duration('Longest wait for the header').prefault('3s'),
});

const portOrUnix: SectionRule = {
  check({ port, unix, host, mode, reuse_port }) {
    if ((port === undefined) === (unix === undefined)) {
      const got = port === undefined ? 'none' : 'both';
      return {
        message: `Exactly one of "port" and "unix" must be given, got ${got}`,
        hint: 'Add `port:`, or `unix:` with the path of a socket',
        ...(unix !== undefined && { path: ['unix'] }),
      };
    }
    const needless = unix === undefined ? { mode } : { host, reuse_port };
    const of = Object.entries(needless).find(([, value]) => value !== undefined)?.[0];
    if (of === undefined) return undefined;
    return {
      message: `"${of}" belongs to ${unix === undefined ? 'a unix socket, and this is a port' : 'a port, and this is a unix socket'}`,
      path: [of],
      hint: 'Remove the key',
    };
  },
};

const balancersAreNamed: SectionRule = {
  check({ unix, proxy_protocol }) {
    const trusted = (proxy_protocol as { trusted?: unknown } | null | undefined)?.trusted;
    if (proxy_protocol === undefined || unix !== undefined || (Array.isArray(trusted) && trusted.length > 0)) {
      return undefined;
    }
    return {
      message: 'The PROXY protocol is believed from trusted balancers only, and none is named',
      path: ['proxy_protocol'],
      hint: "Add `trusted:` with the balancers' addresses",
    };
  },
};

/** One of `server.listeners`. */
export const listener = section(
  {
    name: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,62}$/i, 'Expected a letter, then letters, digits, "_" and "-"')
      .describe('Unique; routes may name it, logs and metrics do'),
    purpose: z
      .enum(['public', 'admin'])
      .default('public')
      .describe(
        'admin: `/livez`, `/readyz` and `/metrics`; public: GraphQL and routes, and those pages too where no listener is for them',
      ),
    host: z.string().optional().describe('Address to listen on; default: `127.0.0.1`'),
    port: z.number().int().min(0).max(65_535).optional().describe('Port to listen on; 0: any free port'),
    reuse_port: z
      .boolean()
      .optional()
      .describe(
        'Share the port with other processes that do so too: the system gives each of them its part of the connections. Linux 3.9, FreeBSD 12 and later',
      ),
    unix: path('place', 'Unix socket to listen on instead; one that nobody listens on any more is replaced').optional(),
    mode: z
      .string()
      .regex(/^0?[0-7]{3}$/, 'Expected an octal mode such as "0660"')
      .optional()
      .describe('Who may connect to the unix socket; default: "0660"'),
    tls: tls.optional().describe('TLS; its files are read again when they change'),
    http2: z
      .boolean()
      .optional()
      .describe(
        'HTTP/2 beside HTTP/1.1; default: with TLS, where clients choose it (ALPN). Without TLS: h2c, by prior knowledge',
      ),
    proxy_protocol: proxyProtocol.optional().describe("Take clients' addresses from the PROXY protocol, version 2"),
  },
  portOrUnix,
  balancersAreNamed,
);
