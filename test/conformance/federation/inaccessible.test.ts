import { conform } from './conform.ts';

const items = [
  { __typename: 'Item', id: '1', secret: 4, state: 'OPEN' },
  { __typename: 'Item', id: '2', secret: 5, state: 'HIDDEN' },
];

conform(
  '@inaccessible and @tag',
  {
    subgraphs: {
      a: `type Query { items: [Item] item(id: ID! @tag(name: "x"), trace: Boolean @inaccessible): Item hidden: Item @inaccessible }
        type Item @key(fields: "id") { id: ID! secret: Int @inaccessible state: State plain: String @tag(name: "x") }
        enum State { OPEN HIDDEN @inaccessible }`,
      b: 'type Item @key(fields: "id") { id: ID! secret: Int @external double: Int @requires(fields: "secret") }',
    },
    entities: { Item: items },
    resolvers: {
      Query: { items: () => items, item: (_, { id }) => items.find((item) => item.id === id) },
      Item: { double: ({ secret }: { secret: number }) => secret * 2, plain: () => 'p' },
    },
  },
  [
    {
      id: 'INACCESSIBLE-1',
      says: 'an inaccessible field MUST NOT be selectable',
      refuses: '{ items { secret } }',
      because: /Cannot query field "secret"/,
    },
    {
      id: 'INACCESSIBLE-2',
      says: 'an inaccessible argument MUST NOT be known',
      refuses: '{ item(id: "1", trace: true) { id } }',
      because: /Unknown argument "trace"/,
    },
    {
      id: 'INACCESSIBLE-3',
      says: 'an inaccessible field MUST still serve a requirement',
      query: '{ items { double } }',
      data: { items: [{ double: 8 }, { double: 10 }] },
    },
    {
      id: 'INACCESSIBLE-4',
      says: 'an inaccessible enum value in an answer MUST become null with an error',
      query: '{ items { state } }',
      data: { items: [{ state: 'OPEN' }, { state: null }] },
      errors: ['items.1.state'],
    },
    {
      id: 'INACCESSIBLE-5',
      says: 'introspection MUST NOT tell of what is inaccessible',
      query: '{ __type(name: "Item") { fields { name } } s: __type(name: "State") { enumValues { name } } }',
      data: {
        __type: { fields: [{ name: 'id' }, { name: 'state' }, { name: 'plain' }, { name: 'double' }] },
        s: { enumValues: [{ name: 'OPEN' }] },
      },
    },
    {
      id: 'TAG-1',
      says: 'a tag MUST NOT change what is answered',
      query: '{ item(id: "1") { plain } }',
      data: { item: { plain: 'p' } },
    },
  ],
);
