import type { TestContext } from 'node:test';
import { createUpstream, type ManagedUpstream, type UpstreamOptions } from '../../src/transport/create-upstream.ts';
import type { TransportEvent } from '../../src/transport/events.ts';
import type { UpstreamTransportConfig } from '../../src/transport/upstream-config.ts';

/** An upstream that is closed with its test, and what it told of itself. */
export interface Reached {
  readonly upstream: ManagedUpstream;
  readonly events: TransportEvent[];
  /** Of one type. */
  of<T extends TransportEvent['type']>(type: T): Extract<TransportEvent, { type: T }>[];
}

export function reach(
  t: TestContext,
  urls: string | readonly string[],
  config: Partial<UpstreamTransportConfig> = {},
  options: UpstreamOptions = {},
): Reached {
  const events: TransportEvent[] = [];
  const endpoints = [urls].flat().map((url) => ({ url }));
  const upstream = createUpstream(
    { name: 'catalog', endpoints, ...config },
    { onEvent: (event) => events.push(event), ...options },
  );
  t.after(() => upstream.close());
  return {
    upstream,
    events,
    of: (type) => events.filter((event): event is never => event.type === type),
  };
}

export const GET = { method: 'GET', path: '', headers: {} } as const;
export const POST = { method: 'POST', path: '', headers: {}, body: '{}' } as const;
