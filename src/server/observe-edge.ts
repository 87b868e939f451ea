import type { EdgeEvent } from '../edge/create-edge.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Log lines of what happens at the edge: keys that cannot be read, a limit store out of reach, policies. */
export function observeEdge(logger: Logger): (event: EdgeEvent) => void {
  return (event) => logger.warn(event, `Edge: ${event.type}`);
}
