import { createUpstream, type ManagedUpstream, type UpstreamOptions } from './create-upstream.ts';
import type { UpstreamTransportConfig } from './upstream-config.ts';

/** All upstreams of one generation of the config, by name. */
export interface Upstreams {
  get(name: string): ManagedUpstream | undefined;
  all(): IterableIterator<ManagedUpstream>;
  /**
   * Waits for what runs, then closes the connections that the next generation does not use. Of a former generation: to be
   * called when the requests that began on it are done.
   */
  close(): Promise<void>;
}

/**
 * @param options `onEvent` is to be the same function for all generations: kept state goes on telling it.
 * @param former What is unchanged in it goes on: connections, health, breakers, budgets, the place of canaries. Its checks
 *   stop, its requests go on until it is closed.
 * @throws As {@link createUpstream}; the former generation is untouched then.
 */
export function createUpstreams(
  configs: readonly UpstreamTransportConfig[],
  options: Omit<UpstreamOptions, 'find'> = {},
  former?: Upstreams,
): Upstreams {
  const upstreams = new Map<string, ManagedUpstream>();
  const closeAll = async () => {
    await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
  };
  try {
    for (const config of configs) {
      const created = createUpstream(
        config,
        { ...options, find: (name) => upstreams.get(name) },
        former?.get(config.name),
      );
      upstreams.set(config.name, created);
    }
  } catch (error) {
    // Nothing ran on them: what is closed here is only what was just made.
    closeAll().catch(() => {});
    throw error;
  }
  for (const upstream of former?.all() ?? []) upstream.retire();
  return { get: (name) => upstreams.get(name), all: () => upstreams.values(), close: closeAll };
}
