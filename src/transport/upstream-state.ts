import type { Breaker } from './breaker/breaker.ts';
import type { CanarySplit } from './canary/canary-split.ts';
import type { Rollout } from './canary/rollout.ts';
import type { Gradient } from './concurrency/gradient.ts';
import type { Limiter } from './concurrency/limiter.ts';
import type { Endpoint } from './endpoint/endpoint.ts';
import type { Ejection } from './health/ejection.ts';
import type { Latency } from './latency.ts';
import type { RetryBudget } from './retry/retry-budget.ts';

/** All that an upstream remembers from request to request. A reload hands it on. */
export interface UpstreamState {
  readonly endpoints: readonly Endpoint[];
  readonly breaker: Breaker | undefined;
  readonly ejection: Ejection | undefined;
  readonly budget: RetryBudget | undefined;
  readonly limiter: Limiter | undefined;
  readonly gradient: Gradient | undefined;
  readonly split: CanarySplit | undefined;
  readonly rollout: Rollout | undefined;
  readonly latency: Latency;
}
