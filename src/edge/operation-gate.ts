import { admissionFacts } from './admission-facts.ts';
import type { Destination, OperationFacts } from './destination.ts';
import type { Refusal } from './identity/outcome.ts';
import type { RequestScope } from './request-scope.ts';
import { countRefused, takeLimits } from './take-limits.ts';

/**
 * Policies and limits of a GraphQL request that wait for its operation. Whoever runs operations asks once before each; whoever
 * answers a request without one (a page, a document that is not valid) asks with nothing.
 */
export class OperationGate {
  readonly #scope: RequestScope;
  readonly #destination: Destination;
  #wasAsked = false;

  constructor(scope: RequestScope, destination: Destination) {
    this.#scope = scope;
    this.#destination = destination;
  }

  get wasAsked(): boolean {
    return this.#wasAsked;
  }

  /**
   * Takes all limits of the request with its first operation; of a batch, the other operations take what depends on them.
   * @returns why it goes no further. Never rejects.
   */
  async pass(operation: OperationFacts = {}): Promise<Refusal | undefined> {
    const isFirst = !this.#wasAsked;
    this.#wasAsked = true;
    const { edge } = this.#scope;
    const facts = admissionFacts(this.#scope, this.#destination, operation);
    const denial = edge.authorize(facts);
    if (denial !== null) return countRefused(this.#scope, facts, denial);
    return takeLimits(this.#scope, (isFirst ? edge.limits.toDemands : edge.limits.ofOperation)(facts));
  }
}
