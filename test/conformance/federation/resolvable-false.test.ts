import { conform } from './conform.ts';

const product = { __typename: 'Product', id: 'p', name: 'Lamp' };

conform(
  '@key(resolvable: false)',
  {
    subgraphs: {
      catalog: 'type Query { product: Product } type Product @key(fields: "id") { id: ID! name: String }',
      reviews:
        'type Query { reviews: [Review!] } type Review { text: String product: Product } type Product @key(fields: "id", resolvable: false) { id: ID! }',
    },
    entities: { Product: [product] },
    resolvers: {
      Query: {
        product: () => product,
        reviews: () => [
          { text: 'good', product },
          { text: 'gone', product: null },
        ],
      },
    },
  },
  [
    {
      id: 'RESOLVABLE-1',
      says: 'a reference by a key that is not resolvable MUST be resolved elsewhere',
      query: '{ reviews { product { name } } }',
      data: { reviews: [{ product: { name: 'Lamp' } }, { product: null }] },
    },
    {
      id: 'RESOLVABLE-2',
      says: 'a reference of which only the key is selected SHOULD NOT be resolved',
      query: '{ reviews { text product { id } } }',
      data: {
        reviews: [
          { text: 'good', product: { id: 'p' } },
          { text: 'gone', product: null },
        ],
      },
      requests: { catalog: 0 },
    },
  ],
);
