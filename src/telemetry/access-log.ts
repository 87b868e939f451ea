import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** What one line of the access log says; also the source of the server's metrics. */
export interface AccessRecord {
  readonly requestId: string;
  readonly traceId: string;
  readonly method: string;
  readonly path: string;
  /** The rule that answered, never the raw path: it is a metric label. */
  readonly route: string;
  /** 499 where the client left before the answer was out. */
  readonly status: number;
  readonly durationMs: number;
  readonly client: string;
  readonly subject?: string;
  readonly operationName?: string;
  readonly engine?: string;
  readonly errorCount?: number;
}

/** Methods that may become label values; anything else counts as `_OTHER` (OpenTelemetry HTTP conventions). */
const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE']);

export function createAccessLog(logger: Logger, metrics: Metrics, enabled: boolean): (record: AccessRecord) => void {
  return (record) => {
    metrics.record(
      'http.server.request.duration',
      {
        'http.request.method': KNOWN_METHODS.has(record.method) ? record.method : '_OTHER',
        'http.route': record.route,
        'http.response.status_code': record.status,
      },
      record.durationMs / 1_000,
    );
    if (enabled) logger.info(record, 'request');
  };
}
