import type { Random } from '../clock.ts';
import type { Balancer, Candidate } from './balancer.ts';

/**
 * The less busy of two random endpoints, drawn by weight. Two choices come close to the least busy of all, without the
 * herd that runs to it.
 */
export class LeastRequests implements Balancer {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  pick<C extends Candidate>(candidates: readonly C[]): C {
    if (candidates.length === 1) return candidates[0] as C;
    const first = this.#draw(candidates, undefined);
    const second = this.#draw(candidates, first);
    // Drawn by weight already: where both idle, the first draw alone decides, so the shares are the weights.
    return load(second) < load(first) ? second : first;
  }

  #draw<C extends Candidate>(candidates: readonly C[], except: C | undefined): C {
    let total = 0;
    for (const candidate of candidates) if (candidate !== except) total += candidate.weight;
    let point = this.#random() * total;
    for (const candidate of candidates) {
      if (candidate === except || candidate.weight === 0) continue;
      point -= candidate.weight;
      if (point < 0) return candidate;
    }
    if (total > 0) return candidates.findLast(({ weight }) => weight > 0) as C;
    // Nothing but weights of 0 is left to draw from.
    return except ?? (candidates[Math.floor(this.#random() * candidates.length)] as C);
  }
}

function load({ inFlight, weight }: Candidate): number {
  return weight === 0 ? Number.POSITIVE_INFINITY : inFlight / weight;
}
