import type { Subgraph, SubgraphRequest, SubgraphResult } from '../../src/subgraphs/subgraph.ts';
import { compose, type Federation } from './worlds/federate.ts';

export type Answer = SubgraphResult | ((request: SubgraphRequest) => SubgraphResult | Promise<SubgraphResult>);

export interface AnsweringFederation extends Federation {
  /** What each subgraph was asked, in order: `name text variables`. */
  readonly calls: string[];
  /** What a subgraph answers from now on, however wrong. */
  answer(subgraph: string, answer: Answer): void;
}

const SERVICES = [
  {
    name: 'accounts',
    sdl: `
      type Query { me: User users: [User!] strict: User! twin: User num: Int size: Size }
      type Mutation { touch: User rename: Int! }
      enum Size { SMALL LARGE SECRET @inaccessible }
      type User @key(fields: "id") { id: ID! name: String born: Int rating: Float isOld: Boolean friend: User must: String! }
    `,
  },
  {
    name: 'reviews',
    sdl: `
      type Query { topReview: Review }
      type User @key(fields: "id") { id: ID! count: Int score: Int! best: Review reviews: [Review!] name: String @external
        shout: String @requires(fields: "name") }
      type Review { body: String stars: Int! tags: [String!] author: User matrix: [[Int!]] }
    `,
  },
];

/** Accounts and reviews whose answers the test writes itself. */
export function createAnsweringFederation(): AnsweringFederation {
  const calls: string[] = [];
  const answers = new Map<string, Answer>();
  const subgraphs = SERVICES.map(
    ({ name, sdl }): Subgraph => ({
      name,
      sdl,
      url: '',
      async execute(request) {
        calls.push(`${name} ${request.operation.text.replace(/\s+/g, ' ')} ${request.variablesText ?? ''}`.trim());
        const answer = answers.get(name);
        if (answer === undefined) throw new Error(`${name} has no answer`);
        const given = typeof answer === 'function' ? await answer(request) : answer;
        return { ...given, ...(given.data !== undefined && { data: structuredClone(given.data) }) };
      },
    }),
  );
  return {
    ...compose(SERVICES),
    subgraphs: new Map(subgraphs.map((subgraph) => [subgraph.name, subgraph])),
    calls,
    answer: (subgraph, answer) => answers.set(subgraph, answer),
  };
}
