import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../config/config.ts';
import { openStdout } from './log-batch.ts';

export type { Logger };

/** Header fields that carry credentials; their values never reach the log. */
const SECRET_HEADERS = ['authorization', 'cookie', 'proxy-authorization', 'set-cookie', 'x-api-key'];

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
