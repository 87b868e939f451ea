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
  readonly subject?: string | undefined;
  readonly operationName?: string | undefined;
  readonly engine?: string | undefined;
  readonly errorCount?: number | undefined;
  /** How a route that keeps answers came to this one. */
  readonly cache?: string | undefined;
}

/** Methods that may become label values; anything else counts as `_OTHER` (OpenTelemetry HTTP conventions). */
const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE']);

/** Where the lines go, and what is on each of them. */
export interface AccessLogLines {
  readonly write: (line: string) => void;
  readonly serviceName: string;
}

/** @param lines `undefined`: requests are measured only. */
export function createAccessLog(metrics: Metrics, lines: AccessLogLines | undefined): (record: AccessRecord) => void {
  const formatLine = lines && compileLine(lines.serviceName);
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
    if (formatLine !== undefined) lines?.write(formatLine(record));
  };
}

/** The line that pino would write at level `info`, for a quarter of the time: its fields are known. */
function compileLine(serviceName: string): (record: AccessRecord) => string {
  const service = JSON.stringify(serviceName);
  const time = compileIsoTime();
  return (record) => {
    const { requestId, traceId, method, path, route, status, durationMs, client } = record;
    let line = `{"level":30,"time":"${time(Date.now())}","service":${service},"requestId":${quote(requestId)}`;
    line += `,"traceId":"${traceId}","method":${quote(method)},"path":${quote(path)},"route":${quote(route)}`;
    line += `,"status":${status},"durationMs":${durationMs},"client":${quote(client)}`;
    if (record.subject !== undefined) line += `,"subject":${quote(record.subject)}`;
    if (record.operationName !== undefined) line += `,"operationName":${quote(record.operationName)}`;
    if (record.engine !== undefined) line += `,"engine":${quote(record.engine)}`;
    if (record.errorCount !== undefined) line += `,"errorCount":${record.errorCount}`;
    if (record.cache !== undefined) line += `,"cache":${quote(record.cache)}`;
    return `${line},"msg":"request"}\n`;
  };
}

/** What needs no escape in JSON, as almost all of it. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** ISO 8601 with milliseconds; the second is written once for all of its requests. */
function compileIsoTime(): (epochMs: number) => string {
  let second = -1;
  let prefix = '';
  return (epochMs) => {
    const ms = epochMs % 1_000;
    const current = epochMs - ms;
    if (current !== second) {
      second = current;
      prefix = new Date(current).toISOString().slice(0, 20);
    }
    return `${prefix}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z`;
  };
}
