import { conform } from './conform.ts';

const ada = { __typename: 'User', id: '1', name: 'Ada', age: 36 };
const reviews = [{ __typename: 'Review', id: 'r', text: 'good', author: ada }];

conform(
  '@provides and @external',
  {
    subgraphs: {
      accounts: 'type Query { me: User } type User @key(fields: "id") { id: ID! name: String @shareable age: Int }',
      reviews: `type Query { reviews: [Review!]! } type Review @key(fields: "id") { id: ID! text: String author: User @provides(fields: "name") }
        type User @key(fields: "id") { id: ID! name: String @external reviews: [Review!] }`,
    },
    entities: { User: [ada], Review: reviews },
    resolvers: { Query: { me: () => ada, reviews: () => reviews }, User: { reviews: () => reviews } },
  },
  [
    {
      id: 'PROVIDES-1',
      says: 'a field that the path provides SHOULD be taken from there',
      query: '{ reviews { author { name } } }',
      data: { reviews: [{ author: { name: 'Ada' } }] },
      requests: { accounts: 0 },
    },
    {
      id: 'PROVIDES-2',
      says: 'a field that the path does not provide MUST be fetched from its owner',
      query: '{ reviews { author { name age } } }',
      data: { reviews: [{ author: { name: 'Ada', age: 36 } }] },
      asks: { accounts: /age/ },
    },
    {
      id: 'EXTERNAL-1',
      says: 'an external field MUST NOT be asked of the subgraph where nothing provides it',
      query: '{ me { reviews { text } name } }',
      data: { me: { reviews: [{ text: 'good' }], name: 'Ada' } },
      neverAsks: { reviews: /\bname\b/ },
    },
  ],
);
