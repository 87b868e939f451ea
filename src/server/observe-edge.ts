import type { EdgeEvent } from '../edge/create-edge.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Makes metrics of what happens at the edge, and log lines of what an operator may have to act on. */
export function observeEdge(logger: Logger, metrics: Metrics): (event: EdgeEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'keys_loaded':
        metrics.add('weir.auth.key_reads', { 'weir.outcome': 'loaded' });
        return logger.info(event, 'Keys of an issuer read');
      case 'keys_unavailable':
        metrics.add('weir.auth.key_reads', { 'weir.outcome': 'failed' });
        return logger.warn({ ...event, err: event.cause }, 'Keys of an issuer cannot be read; the known ones go on');
      case 'store_failed':
        metrics.add('weir.limit.store_changes', { 'weir.state': 'lost' });
        return logger.warn({ ...event, err: event.cause }, 'The store of the limits is out of reach');
      case 'store_recovered':
        metrics.add('weir.limit.store_changes', { 'weir.state': 'recovered' });
        return logger.info(event, 'The store of the limits is back');
      case 'policy_denied':
        metrics.add('weir.policy.denials', { 'weir.policy': event.policy, 'weir.outcome': 'denied' });
        return logger.info(event, 'A policy refused a request');
      case 'policy_would_deny':
        metrics.add('weir.policy.denials', { 'weir.policy': event.policy, 'weir.outcome': 'dry_run' });
        return logger.info(event, 'A policy on trial would have refused a request');
      case 'access_refused':
        return metrics.add('weir.auth.refusals', { 'weir.code': event.code });
      case 'limit_exceeded':
        return metrics.add('weir.limit.exceeded', {
          'weir.limit': event.limit,
          'weir.outcome': event.isDryRun ? 'dry_run' : 'refused',
        });
    }
  };
}
