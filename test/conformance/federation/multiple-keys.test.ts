import { conform } from './conform.ts';

const items = [
  { __typename: 'Item', id: '1', sku: 'S1', name: 'Lamp', stock: 3, weight: 5 },
  { __typename: 'Item', id: '2', sku: 'S2', name: 'Desk', stock: 0, weight: 9 },
];

conform(
  'multiple keys',
  {
    subgraphs: {
      names: 'type Query { named: [Item] } type Item @key(fields: "id") { id: ID! name: String }',
      bridge: 'type Item @key(fields: "id") @key(fields: "sku") { id: ID! sku: String! }',
      stock: 'type Query { stocked: [Item] } type Item @key(fields: "sku") { sku: String! stock: Int }',
      weights:
        'type Item @key(fields: "id", resolvable: false) @key(fields: "sku") { id: ID! sku: String! weight: Int }',
    },
    entities: { Item: items },
    resolvers: { Query: { named: () => items, stocked: () => [items[1], null, items[0]] } },
  },
  [
    {
      id: 'KEYS-1',
      says: 'a key that the first subgraph lacks MUST be fetched from a subgraph that has both',
      query: '{ named { name stock } }',
      data: {
        named: [
          { name: 'Lamp', stock: 3 },
          { name: 'Desk', stock: 0 },
        ],
      },
      asks: { bridge: /sku/ },
    },
    {
      id: 'KEYS-2',
      says: 'the way back over the other key MUST work too',
      query: '{ stocked { stock name } }',
      data: { stocked: [{ stock: 0, name: 'Desk' }, null, { stock: 3, name: 'Lamp' }] },
    },
    {
      id: 'KEYS-3',
      says: 'a key that is not resolvable MUST NOT be used to enter a subgraph',
      query: '{ named { weight } }',
      data: { named: [{ weight: 5 }, { weight: 9 }] },
    },
  ],
);
