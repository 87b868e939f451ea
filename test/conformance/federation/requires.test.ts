import { conform } from './conform.ts';

const parcels = [
  { __typename: 'Parcel', id: '1', weight: 2, size: { width: 3, height: 4 }, note: 'n' },
  { __typename: 'Parcel', id: '2', weight: null, size: null, note: 'm' },
];
type Parcel = { weight: number | null; size: { width: number; height: number } | null };

conform(
  '@requires',
  {
    subgraphs: {
      depot: `type Query { parcels: [Parcel!]! } type Parcel @key(fields: "id") { id: ID! weight: Int size: Size note: String broken: Int }
        type Size { width: Int height: Int }`,
      post: `type Query { posted: [Parcel!]! } type Parcel @key(fields: "id") {
          id: ID! weight: Int @external size: Size @external broken: Int @external
          fee: Int @requires(fields: "weight") area: Int @requires(fields: "size { width height }") risk: Int @requires(fields: "broken")
        }
        type Size @external { width: Int height: Int }`,
    },
    entities: { Parcel: parcels },
    resolvers: {
      Query: { parcels: () => parcels, posted: () => parcels },
      Parcel: {
        fee: ({ weight }: Parcel) => (weight === null ? null : weight * 10),
        area: ({ size }: Parcel) => (size === null ? null : size.width * size.height),
        risk: ({ broken }: { broken: number }) => broken,
        broken: () => {
          throw new Error('It is broken');
        },
      },
    },
  },
  [
    {
      id: 'REQUIRES-1',
      says: 'required fields MUST be in the representation, and null where they are null',
      query: '{ parcels { fee } }',
      data: { parcels: [{ fee: 20 }, { fee: null }] },
    },
    {
      id: 'REQUIRES-2',
      says: 'required fields that the client does not select MUST NOT be in the answer',
      query: '{ parcels { note fee } }',
      data: {
        parcels: [
          { note: 'n', fee: 20 },
          { note: 'm', fee: null },
        ],
      },
    },
    {
      id: 'REQUIRES-3',
      says: 'required selections of an object MUST be in the representation',
      query: '{ parcels { area size { h: height } } }',
      data: {
        parcels: [
          { area: 12, size: { h: 4 } },
          { area: null, size: null },
        ],
      },
    },
    {
      id: 'REQUIRES-4',
      says: 'a subgraph that starts a query MUST get back what it requires of another one',
      query: '{ posted { fee } }',
      data: { posted: [{ fee: 20 }, { fee: null }] },
    },
    {
      id: 'REQUIRES-5',
      says: 'what is required for a field that is not selected MUST NOT be fetched',
      query: '{ parcels { note fee @skip(if: true) } }',
      data: { parcels: [{ note: 'n' }, { note: 'm' }] },
      neverAsks: { depot: /weight/ },
      requests: { post: 0 },
    },
    {
      id: 'REQUIRES-6',
      says: 'an alias that hides a required field MUST NOT disturb the representation',
      query: '{ parcels { weight: note fee } }',
      data: {
        parcels: [
          { weight: 'n', fee: 20 },
          { weight: 'm', fee: null },
        ],
      },
    },
    {
      id: 'REQUIRES-7',
      says: 'a field of which a requirement failed MUST be null, with the error at its own place',
      query: '{ parcels { risk } }',
      data: { parcels: [{ risk: null }, { risk: null }] },
      errors: ['parcels.0.risk', 'parcels.1.risk'],
    },
  ],
);
