import { conform } from './conform.ts';

const media = [
  { __typename: 'Book', id: 'b', title: 'Emma', pages: 9 },
  { __typename: 'Film', id: 'f', title: 'Jaws', minutes: 7 },
];

conform(
  '@interfaceObject',
  {
    subgraphs: {
      catalog: `type Query { media: [Media!]! book: Book } interface Media @key(fields: "id") { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
        type Film implements Media @key(fields: "id") { id: ID! title: String minutes: Int }`,
      ratings: `type Query { best: Media lost: Media sole: Media! }
        type Media @key(fields: "id") @interfaceObject { id: ID! title: String @external stars: Int headline: String @requires(fields: "title") }`,
    },
    entities: { Media: media, Book: media, Film: media },
    resolvers: {
      Query: {
        media: () => media,
        best: () => media[1],
        lost: () => ({ id: 'x' }),
        sole: () => ({ id: 'x' }),
        book: () => media[0],
      },
      Media: {
        stars: ({ id }: { id: string }) => id.charCodeAt(0),
        headline: ({ title }: { title: string }) => `${title}!`,
      },
    },
  },
  [
    {
      id: 'INTERFACE-OBJECT-1',
      says: 'a field of an interface object MUST be resolved for every type of the interface',
      query: '{ media { stars } }',
      data: { media: [{ stars: 98 }, { stars: 102 }] },
    },
    {
      id: 'INTERFACE-OBJECT-2',
      says: 'a field of an interface object MUST be selectable on a concrete type',
      query: '{ book { pages stars } }',
      data: { book: { pages: 9, stars: 98 } },
    },
    {
      id: 'INTERFACE-OBJECT-3',
      says: '__typename MUST be the concrete type also where an interface object is returned',
      query: '{ best { __typename } }',
      data: { best: { __typename: 'Film' } },
    },
    {
      id: 'INTERFACE-OBJECT-4',
      says: 'a type condition MUST hold on what an interface object returns',
      query: '{ best { stars ... on Film { minutes } ... on Book { pages } } }',
      data: { best: { stars: 102, minutes: 7 } },
    },
    {
      id: 'INTERFACE-OBJECT-5',
      says: 'a requirement of an interface object MUST be fetched from the interface',
      query: '{ best { headline } media { headline } }',
      data: { best: { headline: 'Jaws!' }, media: [{ headline: 'Emma!' }, { headline: 'Jaws!' }] },
    },
    {
      id: 'INTERFACE-OBJECT-6',
      says: 'an object whose type the owner of the interface does not know MUST be null with an error where its type counts',
      query: '{ best { __typename } lost { stars ... on Book { pages } } }',
      data: { best: { __typename: 'Film' }, lost: null },
      errors: ['lost'],
    },
    {
      id: 'INTERFACE-OBJECT-7',
      says: 'the null of an object without a type MUST go up where the place may not be null',
      query: '{ sole { __typename } }',
      data: null,
      errors: ['sole'],
    },
  ],
);
