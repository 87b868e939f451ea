import { conform } from './conform.ts';

const books = [
  { __typename: 'Book', id: '1', isbn: 'i1', title: 'Emma', stock: 1 },
  { __typename: 'Book', id: '2', isbn: null, title: 'Lost', stock: 2 },
];

conform(
  'null keys, missing entities and null propagation',
  {
    subgraphs: {
      a: 'type Query { books: [Book] first: Book } type Book @key(fields: "id") @key(fields: "isbn") { id: ID! isbn: String title: String }',
      b: 'type Book @key(fields: "isbn") { isbn: String stock: Int }',
      c: 'type Book @key(fields: "id") { id: ID! must: Int! may: Int shelf: Shelf } type Shelf { code: String! }',
    },
    entities: { Book: books },
    resolvers: {
      Query: { books: () => [...books, null], first: () => books[0] },
      Book: {
        must: ({ id }: { id: string }) => (id === '1' ? 1 : null),
        may: ({ id }: { id: string }) => {
          if (id === '2') throw new Error('No');
          return 3;
        },
        shelf: ({ id }: { id: string }) => ({ code: id === '1' ? null : 'C' }),
      },
    },
  },
  [
    {
      id: 'NULL-1',
      says: 'an entity whose key is null MUST NOT be fetched; its other fields are null',
      query: '{ books { title stock } }',
      data: { books: [{ title: 'Emma', stock: 1 }, { title: 'Lost', stock: null }, null] },
    },
    {
      id: 'NULL-2',
      says: 'a null for what may not be null MUST go up to the nearest parent that may be, with one error',
      query: '{ books { title must } }',
      data: { books: [{ title: 'Emma', must: 1 }, null, null] },
      errors: ['books.1.must'],
    },
    {
      id: 'NULL-3',
      says: 'an error of an entity field MUST have the path of the place in the operation',
      query: '{ all: books { t: title x: may } }',
      data: { all: [{ t: 'Emma', x: 3 }, { t: 'Lost', x: null }, null] },
      errors: ['all.1.x'],
    },
    {
      id: 'NULL-4',
      says: 'a null MUST go up inside an entity no further than to the parent that may be null',
      query: '{ first { title shelf { code } may } }',
      data: { first: { title: 'Emma', shelf: null, may: 3 } },
      errors: ['first.shelf.code'],
    },
  ],
);
