import { conform } from './conform.ts';

const bills = [{ __typename: 'Bill', id: '1', amount: 5, note: 'n' }];

conform(
  '@override',
  {
    subgraphs: {
      old: 'type Query { bills: [Bill!]! } type Bill @key(fields: "id") { id: ID! amount: Int note: String }',
      fresh:
        'type Bill @key(fields: "id") { id: ID! amount: Int @override(from: "old") gone: Int @override(from: "nowhere") }',
    },
    entities: { Bill: bills },
    resolvers: { Query: { bills: () => bills }, Bill: { gone: () => 7 } },
  },
  [
    {
      id: 'OVERRIDE-1',
      says: 'an overridden field MUST be resolved by the subgraph that overrides it',
      query: '{ bills { note amount } }',
      data: { bills: [{ note: 'n', amount: 5 }] },
      neverAsks: { old: /amount/ },
    },
    {
      id: 'OVERRIDE-2',
      says: 'an override from a subgraph that does not exist MUST be resolved where it is written',
      query: '{ bills { gone } }',
      data: { bills: [{ gone: 7 }] },
    },
  ],
);
