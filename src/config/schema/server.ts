import * as z from 'zod';
import { isMapping } from '../mapping.ts';
import { addressRange } from './address-range.ts';
import { listener } from './listener.ts';
import { duration, type SectionRule, section, size } from './section.ts';

const count = (description: string) => z.number().int().positive().describe(description);

const http2 = section({
  max_concurrent_streams: count('Most requests at once on one connection').max(10_000).default(100),
  stream_window: size('What a client may send of one body before it is read', { min: '64KiB', max: '64MiB' }).prefault(
    '256KiB',
  ),
  connection_window: size('The same for all bodies of a connection', { min: '64KiB', max: '256MiB' }).prefault('1MiB'),
  max_resets: count('Requests that a client may cancel at once; 33 more each second').default(200),
  max_control_frames: count('PING and SETTINGS frames that a client may send in ten seconds').default(100),
});

const oneFormOfAddress: SectionRule = {
  check({ listeners, host, port }) {
    if (!Array.isArray(listeners) || listeners.length === 0) return undefined;
    if (host === undefined && port === undefined) return undefined;
    const key = port === undefined ? 'host' : 'port';
    return {
      message: `"${key}" is the short form for a single listener, and there are "listeners"`,
      path: [key],
      hint: 'Remove it: each listener has its own',
    };
  },
};

const listenersDiffer: SectionRule = {
  check({ listeners }) {
    if (!Array.isArray(listeners)) return undefined;
    const written = listeners.map((one: unknown) => (isMapping(one) ? one : {}));
    const at = written.findIndex(({ name }, index) => written.findIndex((other) => other.name === name) !== index);
    if (at !== -1 && typeof written[at]?.name === 'string') {
      return {
        message: 'Names of listeners must be unique, and this one is not',
        path: ['listeners', at, 'name'],
        hint: 'Give it another name',
      };
    }
    if (written.length === 0 || written.some(({ purpose = 'public' }) => purpose !== 'admin')) return undefined;
    return {
      message: 'At least one listener must be public, got none',
      path: ['listeners'],
      hint: 'Add a listener with `purpose: public`',
    };
  },
};

/** `server:` of gateway.yaml. */
export const server = section(
  {
    host: z.string().optional().describe('Address to listen on; default: `127.0.0.1`'),
    port: z.number().int().min(0).max(65_535).optional().describe('Port to listen on; 0: any free port; default: 4000'),
    listeners: z
      .array(listener)
      .default([])
      .describe('Several listeners, or one with TLS; instead of `host` and `port`'),
    trusted_proxies: z
      .array(addressRange())
      .default([])
      .describe('Addresses and CIDR ranges whose forwarding and trace headers are believed'),
    headers_timeout: duration("Longest wait for a TLS handshake, and for the end of a request's headers", {
      min: '100ms',
    }).prefault('10s'),
    request_timeout: duration("Longest time from a request's headers to the end of the answer").prefault('30s'),
    keep_alive_timeout: duration(
      'How long an idle connection is kept, and one whose client takes nothing of its answer. Longer than balancers keep theirs (usually 60s), or they meet connections that are just being closed',
    ).prefault('75s'),
    min_body_rate: size(
      'A body that arrives slower than so much per second, while it is waited for, is refused; `0B`: none',
    ).prefault('240B'),
    body_rate_window: duration('The time over which that is averaged', { min: '1s' }).prefault('10s'),
    max_headers_size: size('Most bytes of headers of one request', { min: '4KiB', max: '1MiB' }).prefault('32KiB'),
    max_headers: count('Most header fields of one request').max(1_000).default(100),
    max_connections: count('Most connections to all listeners').default(20_000),
    max_connections_per_client: count(
      'Most connections of one address to all listeners; trusted proxies are not counted',
    ).default(1_000),
    http2: http2.prefault({}).describe('HTTP/2'),
    shutdown_delay: duration('How long readiness fails before the listeners close').prefault('0s'),
    shutdown_grace: duration('How long requests in flight may go on after that').prefault('10s'),
    shutdown_spread: duration(
      'WebSockets and event streams are closed at random within this time, so that their clients do not come back all at once; at most half of `shutdown_grace`',
    ).prefault('5s'),
  },
  oneFormOfAddress,
  listenersDiffer,
);
