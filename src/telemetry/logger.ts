import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../config/config.ts';

export type { Logger };

/** Header fields that carry credentials; their values never reach the log. */
const SECRET_HEADERS = ['authorization', 'cookie', 'proxy-authorization', 'set-cookie', 'x-api-key'];

/** Lines are written when so much has come together, or when so much time has passed. */
const BATCH_BYTES = 8 * 1024;
const BATCH_MS = 100;

/** Standard output, in batches: a call of the system for each line would cost as much as the request that it tells of. */
export function openStdout(): DestinationStream {
  return pino.destination({ fd: 1, sync: false, minLength: BATCH_BYTES, periodicFlush: BATCH_MS });
}

/** JSON lines, one event each, times as ISO 8601. */
export function createLogger(config: Config['telemetry'], destination: DestinationStream = openStdout()): Logger {
  return pino(
    {
      level: config.logLevel,
      base: { service: config.serviceName },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_HEADERS.map((name) => `headers["${name}"]`), censor: '[redacted]' },
    },
    destination,
  );
}
