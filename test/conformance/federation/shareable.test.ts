import { conform } from './conform.ts';

const items = [{ __typename: 'Item', id: '1', size: { w: 1, h: 2 }, a: 'a', b: 'b' }];

conform(
  '@shareable',
  {
    subgraphs: {
      a: 'type Query { items: [Item!]! version: String @shareable } type Item @key(fields: "id") { id: ID! size: Size @shareable a: String } type Size @shareable { w: Int h: Int }',
      b: 'type Query { version: String @shareable } type Item @key(fields: "id") { id: ID! size: Size @shareable b: String } type Size @shareable { w: Int h: Int }',
    },
    entities: { Item: items },
    resolvers: { Query: { items: () => items, version: () => '1' } },
  },
  [
    {
      id: 'SHAREABLE-1',
      says: 'a shared field SHOULD be taken from the subgraph that is asked anyway',
      query: '{ items { a size { w h } } }',
      data: { items: [{ a: 'a', size: { w: 1, h: 2 } }] },
      requests: { b: 0 },
    },
    {
      id: 'SHAREABLE-2',
      says: 'a shared root field MUST be asked of one subgraph only',
      query: '{ version }',
      data: { version: '1' },
    },
    {
      id: 'SHAREABLE-3',
      says: 'a field that two subgraphs resolve without @shareable MUST NOT compose',
      composes: { a: 'type Query { x: Int }', b: 'type Query { x: Int }' },
      not: 'INVALID_FIELD_SHARING',
    },
  ],
);
