import type { Balancer, Candidate } from './balancer.ts';
import { hash32, mix32 } from './hash.ts';

/**
 * Weighted rendezvous hashing (highest random weight) with bounded load: a key stays with its endpoint, an endpoint that
 * goes takes only its own keys along, and a hot key spills over instead of drowning its endpoint.
 */
export class Rendezvous implements Balancer {
  readonly #boundedLoad: number;
  readonly #otherwise: Balancer;
  readonly #hashes = new Map<string, number>();

  /**
   * @param boundedLoad An endpoint with more than this times its share of the requests on their way is passed over.
   * @param otherwise Picks for requests without a key.
   */
  constructor(boundedLoad: number, otherwise: Balancer) {
    this.#boundedLoad = boundedLoad;
    this.#otherwise = otherwise;
  }

  pick<C extends Candidate>(candidates: readonly C[], key: string | undefined): C {
    if (candidates.length === 1) return candidates[0] as C;
    if (key === undefined) return this.#otherwise.pick(candidates, key);
    let totalWeight = 0;
    let totalInFlight = 1;
    for (const { weight, inFlight } of candidates) {
      totalWeight += weight;
      totalInFlight += inFlight;
    }
    if (totalWeight === 0) return this.#otherwise.pick(candidates, key);
    const perWeight = (this.#boundedLoad * totalInFlight) / totalWeight;
    const keyHash = hash32(key);
    let best: C | undefined;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (const candidate of candidates) {
      const { weight, inFlight } = candidate;
      if (weight === 0 || inFlight + 1 > Math.ceil(perWeight * weight)) continue;
      const score = -weight / Math.log((mix32(keyHash ^ this.#hashOf(candidate.id)) + 0.5) / 2 ** 32);
      if (score > bestScore) {
        best = candidate;
        bestScore = score;
      }
    }
    // Never empty: not all can be above the average.
    return best ?? this.#otherwise.pick(candidates, key);
  }

  #hashOf(id: string): number {
    let hash = this.#hashes.get(id);
    if (hash === undefined) {
      hash = hash32(id, 0x9e3779b9);
      this.#hashes.set(id, hash);
    }
    return hash;
  }
}
