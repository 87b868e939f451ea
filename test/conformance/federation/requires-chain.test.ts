import { conform } from './conform.ts';

const loans = [
  { __typename: 'Loan', id: '1', income: 5 },
  { __typename: 'Loan', id: '2', income: 1 },
];

conform(
  'chains of @requires',
  {
    subgraphs: {
      facts: 'type Query { loans: [Loan!]! } type Loan @key(fields: "id") { id: ID! income: Int! }',
      score: 'type Loan @key(fields: "id") { id: ID! income: Int! @external score: Int! @requires(fields: "income") }',
      offer: 'type Loan @key(fields: "id") { id: ID! score: Int! @external rate: Int @requires(fields: "score") }',
      letter: 'type Loan @key(fields: "id") { id: ID! rate: Int @external text: String @requires(fields: "rate") }',
    },
    entities: { Loan: loans },
    resolvers: {
      Query: { loans: () => loans },
      Loan: {
        score: ({ income }: { income: number }) => income * 2,
        rate: ({ score }: { score: number }) => score + 1,
        text: ({ rate }: { rate: number }) => `rate ${rate}`,
      },
    },
  },
  [
    {
      id: 'CHAIN-1',
      says: 'a required field that itself requires others MUST be resolved after them',
      query: '{ loans { text } }',
      data: { loans: [{ text: 'rate 11' }, { text: 'rate 3' }] },
    },
    {
      id: 'CHAIN-2',
      says: 'the fields of a chain MUST be selectable in any order',
      query: '{ loans { text income rate score } }',
      data: {
        loans: [
          { text: 'rate 11', income: 5, rate: 11, score: 10 },
          { text: 'rate 3', income: 1, rate: 3, score: 2 },
        ],
      },
    },
  ],
);
