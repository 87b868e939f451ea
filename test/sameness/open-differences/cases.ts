import { type Fixture, LINK, type Thing } from '../federation/fixture.ts';
import { depotFixture } from '../supergraphs/depot.ts';
import { interfaceObjectsFixture } from '../supergraphs/library.ts';
import { shopFixture } from '../supergraphs/shop.ts';

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
      'The planner refuses it (a fetch step has several parents): two requirements that themselves require fields of another subgraph. Stitch serves it',
    create: depotFixture,
    query: '{ parcel(id: "x1") { verdict } }',
  },
  {
    engine: 'compiled',
    wrong: 'The planner refuses it likewise: the requirement lies behind a nested key',
    create: depotFixture,
    query: '{ humid { area } }',
  },
  {
    engine: 'compiled',
    wrong:
      'The planner refuses it (a path that is not in the selection): an entity that a field of itself leads back to',
    create: depotFixture,
    query: '{ parcels { lines { parcel { fee } } } }',
  },
  {
    engine: 'compiled',
    wrong:
      'The planner refuses it (a fetch step has several parents), in the shop: from a second key over the owner to a requirement',
    create: shopFixture,
    query: '{ product(id: "p3") { buyer { fullName } } }',
  },
];

const media: readonly Thing[] = [
  { __typename: 'Book', id: 'b', title: 'Emma' },
  { __typename: 'Film', id: 'f', title: 'Jaws' },
];

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
