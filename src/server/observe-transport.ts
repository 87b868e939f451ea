import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { TransportEvent } from '../transport/events.ts';

/** Makes metrics of what happens in the transport, and log lines of what an operator may have to act on. */
export function observeTransport(metrics: Metrics, logger: Logger): (event: TransportEvent) => void {
  return (event) => {
    const { upstream } = event;
    switch (event.type) {
      case 'try':
        metrics.record(
          'http.client.request.duration',
          { 'weir.upstream': upstream, 'weir.outcome': event.outcome },
          event.durationMs / 1_000,
        );
        return;
      case 'retry':
        return metrics.add('weir.upstream.retries', { 'weir.upstream': upstream, 'weir.outcome': 'sent' });
      case 'retry_suppressed':
        return metrics.add('weir.upstream.retries', { 'weir.upstream': upstream, 'weir.outcome': event.reason });
      case 'hedge':
        return metrics.add('weir.upstream.hedges', { 'weir.upstream': upstream });
      case 'refused':
      case 'shed':
        return metrics.add('weir.upstream.refusals', { 'weir.upstream': upstream, 'weir.reason': event.reason });
      case 'mirror':
        metrics.add('weir.upstream.mirrored', { 'weir.upstream': upstream, 'weir.outcome': event.outcome });
        if (event.outcome === 'different') logger.info(event, 'Mirrored answers differ');
        return;
      case 'canary_fallback':
        return metrics.add('weir.upstream.canary_fallbacks', { 'weir.upstream': upstream });
      case 'canary_decision':
        return logger.info(event, 'Canary judged');
      case 'breaker':
        metrics.add('weir.upstream.breaker_changes', { 'weir.upstream': upstream, 'weir.state': event.to.kind });
        return logger.warn(event, 'Breaker changed');
      case 'health':
        return logger.warn(event, event.healthy ? 'Endpoint is healthy' : 'Endpoint is not healthy');
      case 'ejected':
        return logger.warn(event, 'Endpoint ejected');
      case 'all_unhealthy':
        return logger.warn(event, 'No endpoint is healthy; all are tried');
      case 'webhook_failed':
      case 'shared_state_failed':
        return logger.warn(
          { upstream, err: event.error },
          event.type === 'webhook_failed' ? 'Webhook failed' : 'Shared state is out of reach',
        );
      case 'body_failed':
        return logger.info(event, 'An answer broke off');
      case 'addresses':
      case 'limit':
        return logger.debug(event, event.type);
    }
  };
}
