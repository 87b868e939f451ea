import { conform } from './conform.ts';

const book = { __typename: 'Book', id: 'b', title: 'Emma', stars: 5 };
const film = { __typename: 'Film', id: 'f', title: 'Jaws', stars: 3 };

conform(
  'unions across subgraphs',
  {
    subgraphs: {
      catalog: `type Query { found: [Found] } union Found = Book | Film
        type Book @key(fields: "id") { id: ID! title: String } type Film @key(fields: "id") { id: ID! title: String }`,
      ratings: `type Query { rated: [Rated!] } union Rated = Book | Film | Song
        type Book @key(fields: "id") { id: ID! stars: Int } type Film @key(fields: "id") { id: ID! stars: Int } type Song { tune: String }`,
    },
    entities: { Book: [book], Film: [film] },
    resolvers: { Query: { found: () => [film, null, book], rated: () => [book, { __typename: 'Song', tune: 'la' }] } },
  },
  [
    {
      id: 'UNION-1',
      says: 'each member of a union MUST get the fields of its own fragments',
      query: '{ found { ... on Book { title } ... on Film { id } } }',
      data: { found: [{ id: 'f' }, null, { title: 'Emma' }] },
    },
    {
      id: 'UNION-2',
      says: 'a member MUST be entered by its own key in another subgraph',
      query: '{ found { ... on Book { stars title } ... on Film { title stars } } }',
      data: { found: [{ title: 'Jaws', stars: 3 }, null, { stars: 5, title: 'Emma' }] },
    },
    {
      id: 'UNION-3',
      says: 'a member without a key MUST be answered by the subgraph that returned it',
      query: '{ rated { __typename ... on Song { tune } ... on Book { title } } }',
      data: {
        rated: [
          { __typename: 'Book', title: 'Emma' },
          { __typename: 'Song', tune: 'la' },
        ],
      },
    },
    {
      id: 'UNION-4',
      says: '__typename MUST be answered under its aliases',
      query: '{ found { a: __typename ... on Film { b: __typename } } }',
      data: { found: [{ a: 'Film', b: 'Film' }, null, { a: 'Book' }] },
    },
  ],
);
