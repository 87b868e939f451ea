import type { CacheEvent } from '../proxy/cache/cache-event.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Makes metrics of what happens in the cache, and log lines of what an operator may have to act on. */
export function observeCache(logger: Logger, metrics: Metrics): (event: CacheEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'answered':
        return metrics.add('weir.cache.requests', { 'http.route': event.route, 'weir.outcome': event.outcome });
      case 'stored':
        return metrics.add('weir.cache.stored', { 'http.route': event.route }, event.bytes);
      case 'renewed':
        return metrics.add('weir.cache.renewals', { 'http.route': event.route, 'weir.outcome': event.outcome });
      case 'invalidated':
        return metrics.add('weir.cache.invalidations', { 'http.route': event.route });
      case 'evicted':
        return metrics.add('weir.cache.evictions', {}, event.count);
      case 'store_failed':
        metrics.add('weir.cache.store_changes', { 'weir.state': 'lost' });
        return logger.warn({ ...event, err: event.cause }, 'The store of the cache is out of reach; nothing is kept');
      case 'store_recovered':
        metrics.add('weir.cache.store_changes', { 'weir.state': 'recovered' });
        return logger.info(event, 'The store of the cache is back');
    }
  };
}
