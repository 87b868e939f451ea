import type { SupergraphStatus, SupergraphWatcher } from './supergraph-watcher.ts';

const STATUS: SupergraphStatus = { state: 'ready', upstreams: [], fieldsLost: [] };

/** For a gateway that has routes alone: nothing to serve, and ready all the same. */
export function createNoSupergraph(): SupergraphWatcher {
  return {
    current: undefined,
    status: STATUS,
    start: async () => undefined,
    async reload() {},
    async close() {},
  };
}
