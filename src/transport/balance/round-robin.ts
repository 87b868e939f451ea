import type { Balancer, Candidate } from './balancer.ts';

/** Smooth weighted round robin: shares are exact over a round, and a heavy endpoint does not get its share in a row. */
export class RoundRobin implements Balancer {
  readonly #credits = new WeakMap<Candidate, number>();

  pick<C extends Candidate>(candidates: readonly C[]): C {
    let total = 0;
    let best = candidates[0] as C;
    let bestCredit = Number.NEGATIVE_INFINITY;
    for (const candidate of candidates) {
      const weight = candidate.weight;
      total += weight;
      const credit = (this.#credits.get(candidate) ?? 0) + weight;
      this.#credits.set(candidate, credit);
      if (credit > bestCredit && (weight > 0 || best.weight === 0)) {
        best = candidate;
        bestCredit = credit;
      }
    }
    this.#credits.set(best, bestCredit - total);
    return best;
  }
}
