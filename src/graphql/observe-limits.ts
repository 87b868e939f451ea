import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { OnLimitEvent } from './limits/operation-limit.ts';

/** Counts operations beyond a limit, and logs them. */
export function observeLimits(metrics: Metrics, logger: Logger): OnLimitEvent {
  return (event) => {
    metrics.add('weir.graphql.limits', { 'weir.limit': event.limit, 'weir.mode': event.mode });
    logger.info(event, event.mode === 'enforce' ? 'A limit refused an operation' : 'A limit would refuse an operation');
  };
}
