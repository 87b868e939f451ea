import type { DestinationStream } from 'pino';
import type { Config } from '../config/config.ts';
import { type AccessRecord, createAccessLog } from './access-log.ts';
import { openStdout } from './log-batch.ts';
import { createLogger, type Logger } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createTracing, type Tracing } from './tracing.ts';

/** Where everything that happens is told. One for each gateway; it outlives reloads of the config. */
export interface Telemetry {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly accessLog: (record: AccessRecord) => void;
  close(): Promise<void>;
}

export function openTelemetry(config: Config['telemetry'], logDestination?: DestinationStream): Telemetry {
  const destination = logDestination ?? openStdout();
  const logger = createLogger(config, destination);
  const metrics = createMetrics();
  const tracing = createTracing(config);
  return {
    logger,
    metrics,
    tracing,
    accessLog: createAccessLog(
      metrics,
      config.accessLog && logger.isLevelEnabled('info')
        ? { write: (line) => destination.write(line), serviceName: config.serviceName }
        : undefined,
    ),
    async close() {
      await Promise.allSettled([metrics.close(), tracing.close()]);
      logger.flush();
    },
  };
}
