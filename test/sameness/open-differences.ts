/** Where an engine is known to answer otherwise, and so is left out of a trial. Each has a smallest case beside it. */
export interface OpenDifference {
  readonly supergraph: string;
  readonly engine: 'stitch' | 'compiled';
  readonly trials: readonly string[];
  readonly why: string;
}

export const OPEN_DIFFERENCES: readonly OpenDifference[] = [];
