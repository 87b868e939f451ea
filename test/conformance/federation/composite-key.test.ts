import { conform } from './conform.ts';

const seats = [
  {
    __typename: 'Seat',
    row: 1,
    hall: { __typename: 'Hall', house: { __typename: 'House', code: 'H' }, no: 2 },
    price: 9,
    taken: true,
  },
  {
    __typename: 'Seat',
    row: 2,
    hall: { __typename: 'Hall', house: { __typename: 'House', code: 'H' }, no: 2 },
    price: 7,
    taken: false,
  },
];

conform(
  'composite and nested keys',
  {
    subgraphs: {
      prices: `type Query { seats: [Seat!]! }
        type Seat @key(fields: "row hall { house { code } no }") { row: Int! hall: Hall! price: Int }
        type Hall @shareable { house: House! no: Int! } type House @shareable { code: String! }`,
      sales: `type Seat @key(fields: "row hall { house { code } no }") { row: Int! hall: Hall! taken: Boolean }
        type Hall @shareable { house: House! no: Int! } type House @shareable { code: String! }`,
    },
    entities: { Seat: seats },
    resolvers: { Query: { seats: () => seats } },
  },
  [
    {
      id: 'COMPOSITE-1',
      says: 'a representation MUST have all fields of a composite key, nested ones too',
      query: '{ seats { taken } }',
      data: { seats: [{ taken: true }, { taken: false }] },
    },
    {
      id: 'COMPOSITE-2',
      says: 'parts of a key that the client selects under aliases MUST NOT disturb the representation',
      query: '{ seats { hall { no: __typename at: house { c: code } } taken } }',
      data: {
        seats: [
          { hall: { no: 'Hall', at: { c: 'H' } }, taken: true },
          { hall: { no: 'Hall', at: { c: 'H' } }, taken: false },
        ],
      },
    },
  ],
);
