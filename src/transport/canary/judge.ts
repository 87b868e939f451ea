import type { SampleWindow } from './sample-window.ts';

export interface JudgeSettings {
  readonly minSamples: number;
  /** 0.5 to 1: certainty that the canary's 5xx rate is the higher one, above which it fails. */
  readonly confidence: number;
  /** Highest p95 of the canary relative to stable. */
  readonly maxP95Ratio: number;
}

export type Verdict = { readonly kind: 'pass' | 'hold' | 'fail'; readonly reason: string };

/** Slower by less than this is noise, whatever the ratio. */
const NEGLIGIBLE_MS = 5;

/** Compares both sides over the same period. */
export function judge(canary: SampleWindow, stable: SampleWindow, settings: JudgeSettings): Verdict {
  const { minSamples, confidence, maxP95Ratio } = settings;
  // At 100 % there is no stable side to compare with: what it was is gone, and only too few samples say nothing.
  if (canary.total < minSamples || stable.total < minSamples) {
    return {
      kind: 'hold',
      reason: `${canary.total} canary and ${stable.total} stable samples, ${minSamples} wanted of each`,
    };
  }
  const z = twoProportionZ(canary.errors, canary.total, stable.errors, stable.total);
  if (normalCdf(z) > confidence) {
    return {
      kind: 'fail',
      reason: `5xx rate ${percent(canary)} against ${percent(stable)}, certainty ${normalCdf(z).toFixed(3)}`,
    };
  }
  const [canaryP95, stableP95] = [canary.p95Ms, stable.p95Ms];
  if (canaryP95 > stableP95 * maxP95Ratio && canaryP95 - stableP95 > NEGLIGIBLE_MS) {
    return { kind: 'fail', reason: `p95 ${canaryP95.toFixed(0)} ms against ${stableP95.toFixed(0)} ms` };
  }
  return {
    kind: 'pass',
    reason: `5xx rate ${percent(canary)} against ${percent(stable)}, p95 ${canaryP95.toFixed(0)} ms against ${stableP95.toFixed(0)} ms`,
  };
}

function percent({ errors, total }: SampleWindow): string {
  return `${((errors / total) * 100).toFixed(2)} %`;
}

/** The statistic of the one-sided test for two proportions, pooled; above 0: the first is higher. */
export function twoProportionZ(hits1: number, total1: number, hits2: number, total2: number): number {
  const pooled = (hits1 + hits2) / (total1 + total2);
  const variance = pooled * (1 - pooled) * (1 / total1 + 1 / total2);
  return variance === 0 ? 0 : (hits1 / total1 - hits2 / total2) / Math.sqrt(variance);
}

/** Abramowitz and Stegun 26.2.17; the error is below 7.5e-8. */
export function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? 1 - tail : tail;
}
