/** How one upstream takes part in the graph. */
export interface UpstreamStatus {
  readonly name: string;
  /** live: its current schema; pinned: its last good schema; absent: nothing is known of it. */
  readonly state: 'live' | 'pinned' | 'absent';
  readonly reason?: string;
  /** ISO 8601. */
  readonly since: string;
}

/** The body of `/readyz`. `ready` and `degraded` are answered with 200, the others with 503. */
export interface Readiness {
  readonly status: 'starting' | 'ready' | 'degraded' | 'failed' | 'draining';
  readonly upstreams: readonly UpstreamStatus[];
  /** Coordinates (`Type.field`) that the graph would have if every upstream could be read. */
  readonly fieldsLost: readonly string[];
}

export function isReady(readiness: Readiness): boolean {
  return readiness.status === 'ready' || readiness.status === 'degraded';
}
