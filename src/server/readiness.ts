import type { SupergraphStatus } from '../supergraph/supergraph-watcher.ts';

/** The body of `/readyz`. `ready` and `degraded` are answered with 200, the others with 503. */
export interface Readiness {
  readonly status: 'draining' | SupergraphStatus['state'];
  /** live: by its current schema; pinned: by its last good one; absent: not in the graph. The reasons are in the log. */
  readonly upstreams: readonly { readonly name: string; readonly state: string; readonly since: string }[];
  /** Coordinates (`Type.field`) that the graph lacks because of that. */
  readonly fieldsLost: readonly string[];
}

export function isReady(readiness: Readiness): boolean {
  return readiness.status === 'ready' || readiness.status === 'degraded';
}

/** @param status `undefined`: there are routes alone, and nothing to wait for. */
export function readinessOf(status: SupergraphStatus | undefined): Readiness {
  if (status === undefined) return { status: 'ready', upstreams: [], fieldsLost: [] };
  return {
    status: status.state,
    upstreams: status.upstreams.map(({ name, state, sinceMs }) => ({
      name,
      state,
      since: new Date(sinceMs).toISOString(),
    })),
    fieldsLost: status.fieldsLost,
  };
}
