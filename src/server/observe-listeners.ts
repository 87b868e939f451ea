import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { ListenerEvent } from './listeners/events.ts';

/** Makes metrics of what happens at the listeners, and log lines. What strangers can cause at will is no warning. */
export function observeListeners(metrics: Metrics, logger: Logger): (event: ListenerEvent) => void {
  return (event) => {
    const { listener } = event;
    switch (event.type) {
      case 'connection_refused':
        metrics.add('weir.listener.refusals', { 'weir.listener': listener, 'weir.reason': event.reason });
        return logger.debug(event, 'Connection refused');
      case 'request_refused':
        metrics.add('weir.listener.refusals', { 'weir.listener': listener, 'weir.reason': event.code });
        return logger.info(event, 'Refused what is no request');
      case 'certificates_loaded':
        return logger.info(event, 'Certificates read again');
      case 'certificates_expired':
        return logger.error(event, 'Certificates have expired');
      case 'certificates_refused':
        return logger.error(
          { listener, err: event.cause },
          'Changed certificates are of no use; the former ones go on',
        );
      case 'failed':
        return logger.error({ listener, err: event.cause }, 'Listener failed');
    }
  };
}
