import { browsers } from '../../src/config/schema/browsers.ts';
import { auth } from '../../src/config/schema/identity.ts';
import { rateLimit } from '../../src/config/schema/limits.ts';
import type { EdgeDefinition } from '../../src/edge/create-edge.ts';
import type { RequestHead } from '../../src/edge/edge.ts';

/** The edge's part of a config, as gateway.yaml would say it. */
export function defineEdge(
  written: { auth?: unknown; rate_limit?: unknown; browsers?: unknown; trusted_proxies?: readonly string[] } = {},
): EdgeDefinition {
  return {
    server: { trustedProxies: written.trusted_proxies ?? [] },
    graphql: { path: '/graphql' },
    auth: auth.parse(written.auth ?? {}),
    rateLimit: rateLimit.parse(written.rate_limit ?? {}),
    browsers: browsers.parse(written.browsers ?? {}),
  };
}

export function headOf(headers: Record<string, string>, more: Partial<RequestHead> = {}): RequestHead {
  return { method: 'GET', path: '/', query: '', headers, peerAddress: '203.0.113.9', ...more };
}
