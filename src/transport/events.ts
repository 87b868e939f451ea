import type { BreakerState } from './breaker/breaker.ts';
import type { TurnRefusal } from './concurrency/limiter.ts';
import type { FailureKind } from './exchange/failure.ts';
import type { Difference } from './mirror/diff-json.ts';

/** What happens in an upstream; logs and metrics are made from it elsewhere. */
export type TransportEvent =
  | {
      /** A try ended: with an answer (its head, for streamed ones) or a failure. */
      readonly type: 'try';
      readonly upstream: string;
      readonly endpoint: string;
      readonly version: string | undefined;
      readonly method: string;
      readonly label: string | undefined;
      /** 0 for the first. */
      readonly retry: number;
      /** Status of the answer, or the kind of failure. */
      readonly outcome: number | FailureKind;
      readonly durationMs: number;
    }
  | {
      readonly type: 'retry';
      readonly upstream: string;
      readonly outcome: number | FailureKind;
      readonly delayMs: number;
    }
  | { readonly type: 'retry_suppressed'; readonly upstream: string; readonly reason: RetrySuppression }
  | { readonly type: 'hedge'; readonly upstream: string; readonly endpoint: string }
  | { readonly type: 'breaker'; readonly upstream: string; readonly from: BreakerState; readonly to: BreakerState }
  | {
      readonly type: 'refused';
      readonly upstream: string;
      readonly reason: 'circuit_open' | 'no_healthy_endpoint' | 'deadline';
    }
  | { readonly type: 'shed'; readonly upstream: string; readonly reason: TurnRefusal; readonly priority: string }
  | { readonly type: 'limit'; readonly upstream: string; readonly limit: number }
  | { readonly type: 'ejected'; readonly upstream: string; readonly endpoint: string; readonly durationMs: number }
  | { readonly type: 'health'; readonly upstream: string; readonly endpoint: string; readonly healthy: boolean }
  /** No endpoint is healthy, and `when_all_unhealthy: try_all` lets them all be tried. */
  | { readonly type: 'all_unhealthy'; readonly upstream: string }
  | {
      readonly type: 'addresses';
      readonly upstream: string;
      readonly endpoint: string;
      readonly addresses: readonly string[];
    }
  /** The canary has no healthy endpoint, so stable answers in its place. */
  | { readonly type: 'canary_fallback'; readonly upstream: string; readonly version: string }
  | ({ readonly type: 'canary_decision'; readonly upstream: string } & CanaryDecision)
  | { readonly type: 'body_failed'; readonly upstream: string; readonly endpoint: string; readonly kind: FailureKind }
  | {
      readonly type: 'mirror';
      readonly upstream: string;
      readonly to: string;
      readonly outcome: 'same' | 'different' | 'sent' | 'failed' | 'dropped';
      /** Of `different`: the first few. */
      readonly differences?: readonly Difference[];
      readonly path: string;
    }
  | { readonly type: 'webhook_failed'; readonly upstream: string; readonly error: Error }
  /** The shared state is out of reach: each process decides by itself. */
  | { readonly type: 'shared_state_failed'; readonly upstream: string; readonly error: Error };

export type RetrySuppression = 'budget' | 'body' | 'not_idempotent' | 'deadline' | 'retry_after';

export interface CanaryDecision {
  readonly version: string;
  readonly decision: 'start' | 'advance' | 'hold' | 'check_failed' | 'promote' | 'roll_back' | 'adopt';
  readonly reason: string;
  /** Percent, from now on. */
  readonly weight: number;
}

export type OnTransportEvent = (event: TransportEvent) => void;
