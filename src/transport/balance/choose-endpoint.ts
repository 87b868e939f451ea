import type { RequestContext } from '../../edge/request-context.ts';
import type { CanarySplit, Side } from '../canary/canary-split.ts';
import type { Endpoint } from '../endpoint/endpoint.ts';
import type { Affinity } from './affinity.ts';
import type { Balancer } from './balancer.ts';
import type { HashKey } from './hash-key.ts';
import type { SlowStart } from './slow-start.ts';

export interface ChooseOptions {
  readonly endpoints: readonly Endpoint[];
  readonly balancer: Balancer;
  /** Only where the balancer uses a key. */
  readonly hashKey: HashKey | undefined;
  readonly affinity: Affinity | undefined;
  readonly slowStart: SlowStart | undefined;
  readonly split: CanarySplit | undefined;
  /** The gateway's own. */
  readonly zone: string | undefined;
  readonly whenAllUnhealthy: 'fail' | 'try_all';
  readonly epochMs: () => number;
  readonly onAllUnhealthy: () => void;
  readonly onCanaryFallback: () => void;
}

/** Finds the endpoint of a try: the client's version, then health, then endpoints not tried yet, then zone, then balance. */
export class EndpointChooser {
  readonly #options: ChooseOptions;
  readonly #single: Endpoint | undefined;
  readonly #sides: Readonly<Record<Side, readonly Endpoint[]>>;

  constructor(options: ChooseOptions) {
    this.#options = options;
    const { endpoints, split } = options;
    this.#single = endpoints.length === 1 ? endpoints[0] : undefined;
    const canary = split === undefined ? [] : endpoints.filter(({ version }) => version === split.version);
    this.#sides = { canary, stable: endpoints.filter((endpoint) => !canary.includes(endpoint)) };
  }

  /**
   * @param tried Endpoints that failed this request.
   * @returns `undefined`: none is healthy, and unhealthy ones are not to be tried.
   */
  choose(context: RequestContext, tried: readonly Endpoint[], nowMs: number): Endpoint | undefined {
    if (this.#single !== undefined) {
      return this.#single.isAvailable(nowMs) ? this.#single : this.#whenUnhealthy([this.#single])[0];
    }
    this.#options.slowStart?.weigh(this.#options.endpoints, nowMs);
    let candidates = this.#healthy(context, nowMs);
    candidates = narrow(candidates, (endpoint) => !tried.includes(endpoint));
    const { zone, affinity, balancer, hashKey, epochMs } = this.#options;
    if (zone !== undefined) candidates = narrow(candidates, (endpoint) => endpoint.zone === zone);
    if (candidates.length === 0) return undefined;
    if (affinity !== undefined && context.headers.cookie !== undefined) {
      const own = affinity.find(context.headers.cookie, candidates, epochMs());
      if (own !== undefined) return own;
    }
    return balancer.pick(candidates, hashKey?.(context));
  }

  /** The `Set-Cookie` value that binds the client to the endpoint that answered; `undefined`: it is bound already. */
  bind(context: RequestContext, endpoint: Endpoint): string | undefined {
    const { affinity, epochMs } = this.#options;
    if (affinity === undefined) return undefined;
    const bound = affinity.find(context.headers.cookie, [endpoint], epochMs()) !== undefined;
    return bound ? undefined : affinity.issue(endpoint.id, epochMs());
  }

  #healthy(context: RequestContext, nowMs: number): readonly Endpoint[] {
    const { split } = this.#options;
    const isAvailable = (endpoint: Endpoint) => endpoint.isAvailable(nowMs);
    let side: Side = 'stable';
    if (split?.choose(context) === 'canary') {
      side = 'canary';
      const { canary, stable } = this.#sides;
      if (!canary.some(isAvailable) && stable.length > 0) {
        side = 'stable';
        this.#options.onCanaryFallback();
      }
    }
    const all = this.#sides[side].length > 0 ? this.#sides[side] : this.#options.endpoints;
    if (all.every(isAvailable)) return all;
    const healthy = all.filter(isAvailable);
    return healthy.length > 0 ? healthy : this.#whenUnhealthy(all);
  }

  #whenUnhealthy(all: readonly Endpoint[]): readonly Endpoint[] {
    if (this.#options.whenAllUnhealthy === 'fail') return [];
    this.#options.onAllUnhealthy();
    return all;
  }
}

/** Those that match, unless none does. */
function narrow(endpoints: readonly Endpoint[], matches: (endpoint: Endpoint) => boolean): readonly Endpoint[] {
  if (endpoints.every(matches)) return endpoints;
  const matching = endpoints.filter(matches);
  return matching.length > 0 ? matching : endpoints;
}
