import { conform } from './conform.ts';

const cars = [{ __typename: 'Car', id: '1', name: 'Audi' }];

conform(
  'entities that a subgraph does not have',
  {
    subgraphs: {
      a: 'type Query { cars: [Car!] strict: [Car!] } type Car @key(fields: "id") { id: ID! name: String }',
      b: 'type Car @key(fields: "id") { id: ID! may: Int must: Int! }',
    },
    entities: { Car: cars },
    resolvers: { Query: { cars: () => cars, strict: () => cars }, Car: { may: () => 1, must: () => 2 } },
    missingIn: ['b'],
  },
  [
    {
      id: 'MISSING-1',
      says: 'fields of an entity that a subgraph does not have MUST be null',
      query: '{ cars { name may } }',
      data: { cars: [{ name: 'Audi', may: null }] },
    },
    {
      id: 'MISSING-2',
      says: 'the null of a field that may not be null MUST go up, with an error',
      query: '{ strict { name must } }',
      data: { strict: null },
      errors: ['strict.0.must'],
    },
  ],
);
