/** What a balancer knows of an endpoint. */
export interface Candidate {
  readonly id: string;
  /** Share of the requests relative to the other candidates; 0: only where nothing else is left. */
  readonly weight: number;
  /** Requests on their way. */
  readonly inFlight: number;
}

/** Chooses the endpoint of a try. */
export interface Balancer {
  /**
   * @param candidates At least one.
   * @param key What makes requests belong together; `undefined`: nothing does.
   */
  pick<C extends Candidate>(candidates: readonly C[], key: string | undefined): C;
}
