import type { UpstreamCredentials } from '../edge/forwarding/upstream-credentials.ts';
import { compilePin } from './canary/pin.ts';
import { createUpstream, type ManagedUpstream, type UpstreamOptions } from './create-upstream.ts';
import { readTlsOptions } from './endpoint/tls-options.ts';
import { compileHeaderRules } from './headers/compile-header-rules.ts';
import { completeTransport, type UpstreamTransportConfig } from './upstream-config.ts';

/** All upstreams of one generation of the config, by name. */
export interface Upstreams {
  get(name: string): ManagedUpstream | undefined;
  all(): IterableIterator<ManagedUpstream>;
  /** Puts it in the place of the former generation, whose checks stop. Without a former one it is done already. */
  takeOver(): void;
  /**
   * Waits for what runs, then closes the connections that the next generation does not use. Of a former generation: to be
   * called when the requests that began on it are done.
   */
  close(): Promise<void>;
}

export interface UpstreamsOptions extends Omit<UpstreamOptions, 'find' | 'credentials'> {
  /** What the requests to an upstream say of the client and show of the gateway; default: nothing. */
  readonly credentialsOf?: (upstream: string) => UpstreamCredentials | undefined;
}

/**
 * @param options `onEvent` is to be the same function for all generations: kept state goes on telling it.
 * @param former What is unchanged in it goes on: connections, health, breakers, budgets, the place of canaries. It stays the
 *   one that checks and whose figures hold until {@link Upstreams.takeOver}; its requests go on until it is closed.
 * @throws As {@link createUpstream}; the former generation is untouched then.
 */
export function createUpstreams(
  configs: readonly UpstreamTransportConfig[],
  options: UpstreamsOptions = {},
  former?: Upstreams,
): Upstreams {
  // All that can be wrong is found before the first connection is shared.
  for (const config of configs) compileOnce(config);
  const upstreams = new Map<string, ManagedUpstream>();
  const find = (name: string) => upstreams.get(name);
  for (const config of configs) {
    const credentials = options.credentialsOf?.(config.name);
    upstreams.set(config.name, createUpstream(config, { ...options, credentials, find }, former?.get(config.name)));
  }
  return {
    get: find,
    all: () => upstreams.values(),
    takeOver() {
      for (const upstream of former?.all() ?? []) upstream.retire();
      for (const upstream of upstreams.values()) upstream.takeOver();
    },
    async close() {
      await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
    },
  };
}

function compileOnce(config: UpstreamTransportConfig): void {
  const { tls, canary } = completeTransport(config);
  readTlsOptions(tls, config.file ?? '');
  compileHeaderRules({ send: config.headers?.send ?? {}, forward: config.headers?.forward ?? [] });
  if (canary?.pin !== undefined) compilePin(canary.pin);
}
