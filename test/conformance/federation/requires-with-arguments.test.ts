import { conform } from './conform.ts';

const goods = [
  { __typename: 'Good', id: '1' },
  { __typename: 'Good', id: '2' },
];
const tell = (field: string) => (source: Record<string, unknown>) => source[field];

conform(
  '@requires with arguments',
  {
    subgraphs: {
      prices:
        'type Query { goods: [Good!]! } type Good @key(fields: "id") { id: ID! price(currency: String!): Int tags(limit: Int): [String!] }',
      tax: `type Good @key(fields: "id") {
          id: ID! price(currency: String!): Int @external tags(limit: Int): [String!] @external
          tax: Int @requires(fields: "price(currency: \\"EUR\\")")
          badge: [String!] @requires(fields: "tags(limit: 2)")
        }`,
    },
    entities: { Good: goods },
    resolvers: {
      Query: { goods: () => goods },
      Good: {
        price: ({ id }: { id: string }, { currency }) => Number(id) * (currency === 'EUR' ? 10 : 100),
        tags: (_, { limit }) => ['a', 'b', 'c'].slice(0, limit),
        tax: tell('price'),
        badge: tell('tags'),
      },
    },
  },
  [
    {
      id: 'REQUIRES-ARGS-1',
      says: 'a required field MUST be asked for with the arguments of the field set',
      query: '{ goods { tax badge } }',
      data: {
        goods: [
          { tax: 10, badge: ['a', 'b'] },
          { tax: 20, badge: ['a', 'b'] },
        ],
      },
    },
    {
      id: 'REQUIRES-ARGS-2',
      says: 'the same field with other arguments of the client MUST keep its own value',
      query: '{ goods { price(currency: "USD") tax } }',
      data: {
        goods: [
          { price: 100, tax: 10 },
          { price: 200, tax: 20 },
        ],
      },
    },
    {
      id: 'REQUIRES-ARGS-3',
      says: 'arguments given by variables MUST keep apart too',
      query: 'query ($limit: Int) { goods { tags(limit: $limit) badge all: tags } }',
      variables: { limit: 1 },
      data: {
        goods: [
          { tags: ['a'], badge: ['a', 'b'], all: ['a', 'b', 'c'] },
          { tags: ['a'], badge: ['a', 'b'], all: ['a', 'b', 'c'] },
        ],
      },
    },
  ],
);
