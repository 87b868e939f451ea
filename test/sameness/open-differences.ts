/** Where an engine is known to answer otherwise, and so is left out of a trial. Each has a smallest case beside it. */
export interface OpenDifference {
  readonly supergraph: string;
  readonly engine: 'stitch' | 'compiled';
  readonly trials: readonly string[];
  readonly why: string;
}

export const OPEN_DIFFERENCES: readonly OpenDifference[] = [
  ...(['stitch', 'compiled'] as const).map((engine) => ({
    supergraph: 'interface-objects',
    engine,
    trials: ['faults'],
    // One request less against the failure of a field that the client did not ask of this type.
    why: 'A subgraph with an interface object is asked for the fields of all type conditions at once, before types are known',
  })),
  {
    supergraph: 'interface-objects',
    engine: 'compiled',
    trials: ['down', 'nonsense'],
    why: 'An object whose type nobody can tell is answered without the fields of its type conditions; the error has no path',
  },
];
