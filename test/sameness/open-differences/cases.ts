import { type Fixture, LINK, type Thing } from '../federation/fixture.ts';
import { depotFixture } from '../supergraphs/depot.ts';
import { interfaceObjectsFixture } from '../supergraphs/library.ts';

/** A smallest case: what to ask of which graph, and what is wrong with the answer. */
export interface OpenCase {
  readonly engine: 'stitch' | 'compiled';
  readonly wrong: string;
  readonly create: () => Fixture;
  readonly query: string;
}

export const OPEN_CASES: readonly OpenCase[] = [
  {
    engine: 'compiled',
    wrong:
      'The subgraph refuses the operation: an interface field is sent as one fragment for each type, and the types of `by` (Person!, Person) conflict under one response key (GraphQL §5.3.2)',
    create: covariantFields,
    query: '{ media { by { name } ... on Book { title } } }',
  },
  {
    engine: 'compiled',
    wrong:
      'The planner enters "ratings" for the key of Tape and for `headline` of Book by one fetch, whose representation lacks the required `title`: null with an error',
    create: interfaceObjectsFixture,
    query: '{ rated { ... on Tape { shelfmark } ... on Book { headline } } }',
  },
  {
    engine: 'compiled',
    wrong:
      'Silently null: composition loses `@external` of Media.title, so the plan takes it from "ratings", which requires it, and no representation can be written',
    create: lostExternal,
    query: '{ media { headline } }',
  },
  {
    engine: 'compiled',
    wrong:
      'The planner refuses it (a fetch step has several parents): two requirements from two subgraphs of one field. Stitch serves it',
    create: depotFixture,
    query: '{ parcel(id: "x1") { verdict } }',
  },
];

const media: readonly Thing[] = [
  { __typename: 'Book', id: 'b', title: 'Emma', by: { __typename: 'Person', id: '1', name: 'Jane' } },
  { __typename: 'Film', id: 'f', title: 'Jaws', by: null },
];

function covariantFields(): Fixture {
  return {
    name: 'covariant-fields',
    subgraphs: {
      catalog: `${LINK}
        type Query { media: [Media!]! }
        interface Media { by: Person title: String }
        type Book implements Media { by: Person! title: String }
        type Film implements Media { by: Person title: String }
        type Person @key(fields: "id") { id: ID! }`,
      people: `${LINK} type Person @key(fields: "id") { id: ID! name: String }`,
    },
    resolvers: { Query: { media: () => media } },
    resolveReference: () => ({ id: '1', name: 'Jane' }),
  };
}

function lostExternal(): Fixture {
  return {
    name: 'lost-external',
    subgraphs: {
      catalog: `${LINK}
        type Query { media: [Media!]! }
        interface Media @key(fields: "id") { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String }
        type Film implements Media @key(fields: "id") { id: ID! title: String }`,
      ratings: `${LINK}
        type Media @key(fields: "id") @interfaceObject { id: ID! title: String @external headline: String @requires(fields: "title") }`,
    },
    resolvers: { Query: { media: () => media }, Media: { headline: ({ title }: Thing) => `${title}!` } },
    resolveReference: (_typeName, { id }) => media.find((item) => item.id === id) ?? null,
  };
}
