import type { Fixture } from '../federation/fixture.ts';
import { covariantLibraryFixture } from '../supergraphs/library.ts';

/** A smallest case: what to ask of which graph, and what is wrong with the answer. */
export interface OpenCase {
  readonly engine: 'stitch' | 'compiled';
  readonly wrong: string;
  readonly create: () => Fixture;
  readonly query: string;
}

export const OPEN_CASES: readonly OpenCase[] = [
  {
    engine: 'stitch',
    wrong:
      'The subgraph refuses the operation: a fragment on an interface, on a union, is sent as one fragment for each type, and the types of `by` (Person!, Person) conflict under one response key (GraphQL §5.3.2)',
    create: covariantLibraryFixture,
    query: '{ shelf { ... on Media { b: by { name } } } }',
  },
];
