import type { CompiledEngineEvent } from '../engine/compiled-engine.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Makes metrics and log lines of what the compiled engine cannot do. */
export function observeEngine(metrics: Metrics, logger: Logger): (event: CompiledEngineEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'compiled':
        return;
      case 'compile_failed':
        metrics.add('weir.graphql.declined', { 'weir.engine': 'compiled', 'weir.reason': 'compile_failed' });
        return logger.warn({ err: event.cause, operation: event.operation.name }, 'Operation could not be compiled');
      case 'run_failed':
        metrics.add('weir.graphql.failed', { 'weir.engine': 'compiled' });
        return logger.error(
          { requestId: event.requestId, err: event.cause, operation: event.operation.name },
          'Operation could not be run',
        );
    }
  };
}
