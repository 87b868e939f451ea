import { conform } from './conform.ts';

const spots = [
  { __typename: 'Spot', id: '1', label: 'one' },
  { __typename: 'Spot', id: '2', label: 'two' },
];

conform(
  'lists of lists and custom scalars',
  {
    subgraphs: {
      a: `scalar Json
        type Query { grid: [[Spot]!] flat: [Spot!] any: Json } type Spot @key(fields: "id") { id: ID! meta(of: Json): Json }`,
      b: 'type Spot @key(fields: "id") { id: ID! label: String near: [[Spot!]] }',
    },
    entities: { Spot: spots },
    resolvers: {
      Query: {
        grid: () => [[spots[0], null], [], [spots[1], spots[0]]],
        flat: () => [],
        any: () => ({ __proto__: null, deep: [1, { b: null }] }),
      },
      Spot: { near: () => [[spots[1]], null], meta: (_, { of }) => of ?? [1, 'x', null] },
    },
  },
  [
    {
      id: 'LIST-1',
      says: 'entities in lists of lists MUST be at their places',
      query: '{ grid { label } }',
      data: { grid: [[{ label: 'one' }, null], [], [{ label: 'two' }, { label: 'one' }]] },
    },
    {
      id: 'LIST-2',
      says: 'lists of lists below an entity MUST be entered again',
      query: '{ grid { near { meta label } } }',
      data: {
        grid: [
          [{ near: [[{ meta: [1, 'x', null], label: 'two' }], null] }, null],
          [],
          [
            { near: [[{ meta: [1, 'x', null], label: 'two' }], null] },
            { near: [[{ meta: [1, 'x', null], label: 'two' }], null] },
          ],
        ],
      },
    },
    {
      id: 'LIST-3',
      says: 'an empty list MUST NOT cause an entity fetch',
      query: '{ flat { label } }',
      data: { flat: [] },
      requests: { b: 0 },
    },
    {
      id: 'SCALAR-1',
      says: 'a custom scalar MUST pass as it is, in answers and in arguments',
      query: 'query ($of: Json) { any grid { meta(of: $of) } }',
      variables: { of: { k: [true, 1.5] } },
      data: {
        any: { deep: [1, { b: null }] },
        grid: [[{ meta: { k: [true, 1.5] } }, null], [], [{ meta: { k: [true, 1.5] } }, { meta: { k: [true, 1.5] } }]],
      },
    },
  ],
);
