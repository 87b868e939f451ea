import type { Metrics } from '../telemetry/metrics.ts';
import { isReady, type Readiness } from './readiness.ts';

/** A page of the gateway's own. */
export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Default: `no-store`. */
  readonly cacheControl?: string;
}

export interface AdminPages {
  readonly readiness: () => Readiness;
  readonly metrics: Metrics;
}

/** The pages for orchestrators and dashboards; `undefined`: there is none at the path, as at almost all of them. */
export function readAdminPage({ readiness, metrics }: AdminPages, path: string): Page | Promise<Page> | undefined {
  switch (path) {
    case '/livez':
      return { status: 200, contentType: 'application/json', body: '{"status":"alive"}' };
    case '/readyz': {
      const body = readiness();
      return { status: isReady(body) ? 200 : 503, contentType: 'application/json', body: JSON.stringify(body) };
    }
    case '/metrics':
      return scrape(metrics);
    default:
      return undefined;
  }
}

async function scrape(metrics: Metrics): Promise<Page> {
  return { status: 200, contentType: 'text/plain; version=0.0.4; charset=utf-8', body: await metrics.scrape() };
}
