import type { OnEncoded } from '../content-coding/compressor.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Counts what content codings save. */
export function observeCompression(metrics: Metrics): OnEncoded {
  return ({ coding, bytesIn, bytesOut }) => {
    metrics.add('weir.compression.input', { 'weir.coding': coding }, bytesIn);
    metrics.add('weir.compression.output', { 'weir.coding': coding }, bytesOut);
  };
}
