import type { EdgeEvent } from '../edge/create-edge.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Log lines of what happens at the edge: keys of issuers, the store of the limits, policies. */
export function observeEdge(logger: Logger): (event: EdgeEvent) => void {
  return (event) => {
    const line = 'cause' in event ? { ...event, err: event.cause } : event;
    switch (event.type) {
      case 'keys_loaded':
      case 'store_recovered':
      case 'policy_denied':
      case 'policy_would_deny':
        return logger.info(line, TEXTS[event.type]);
      case 'keys_unavailable':
      case 'store_failed':
        return logger.warn(line, TEXTS[event.type]);
    }
  };
}

const TEXTS = {
  keys_loaded: 'Keys of an issuer read',
  keys_unavailable: 'Keys of an issuer cannot be read; the known ones go on',
  store_failed: 'The store of the limits is out of reach',
  store_recovered: 'The store of the limits is back',
  policy_denied: 'A policy refused a request',
  policy_would_deny: 'A policy on trial would have refused a request',
} as const satisfies Record<EdgeEvent['type'], string>;
