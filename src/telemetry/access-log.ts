import { remember } from '../remember.ts';
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

/**
 * The line that pino would write at level `info`, for a fraction of the time: its fields are known. Pieced together from few parts,
 * since each of them has to be copied once more when the line is written.
 */
function compileLine(serviceName: string): (record: AccessRecord) => string {
  const begin = compileBegin(`,"service":${JSON.stringify(serviceName)},"requestId":"`);
  const ofMethod = remember((method) => `","method":"${escapeText(method)}","path":"`);
  const ofRoute = remember((route) => {
    const begin = `","route":"${escapeText(route)}","status":`;
    return remember((status) => `${begin}${status},"durationMs":`);
  });
  const ofClient = remember((client) => `,"client":"${escapeText(client)}"`);
  return (record) => {
    const { requestId, traceId, method, path, route, status, durationMs, client } = record;
    let line = `${begin(Date.now())}${escapeText(requestId)}","traceId":"${traceId}${ofMethod(method)}${escapeText(path)}`;
    line += `${ofRoute(route)(String(status))}${durationMs}${ofClient(client)}`;
    if (record.subject !== undefined) line += `,"subject":"${escapeText(record.subject)}"`;
    if (record.operationName !== undefined) line += `,"operationName":"${escapeText(record.operationName)}"`;
    if (record.engine !== undefined) line += `,"engine":"${escapeText(record.engine)}"`;
    if (record.errorCount !== undefined) line += `,"errorCount":${record.errorCount}`;
    if (record.cache !== undefined) line += `,"cache":"${escapeText(record.cache)}"`;
    return `${line},"msg":"request"}\n`;
  };
}

/** What needs no escape in JSON, as almost all of it. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** A text as it stands between the quotes of a JSON string. */
function escapeText(text: string): string {
  return PLAIN.test(text) ? text : JSON.stringify(text).slice(1, -1);
}

/** What lines begin with, up to their first field; written once for all of a millisecond. */
function compileBegin(rest: string): (epochMs: number) => string {
  let last = -1;
  let begin = '';
  return (epochMs) => {
    if (epochMs !== last) {
      last = epochMs;
      begin = `{"level":30,"time":"${new Date(epochMs).toISOString()}"${rest}`;
    }
    return begin;
  };
}
