import { conform } from './conform.ts';

const users = [
  { __typename: 'User', id: '1', name: 'Ada', email: 'ada@x', team: 'a' },
  { __typename: 'User', id: '2', name: 'Alan', email: null, team: 'b' },
];

conform(
  '@key',
  {
    subgraphs: {
      accounts: 'type Query { users: [User!]! user: User } type User @key(fields: "id") { id: ID! name: String }',
      teams: 'type User @key(fields: "id") { id: ID! team: String crew: [User!] }',
    },
    entities: { User: users },
    resolvers: {
      Query: { users: () => users, user: () => users[0] },
      User: { crew: () => [users[0], users[1], users[0]] },
    },
  },
  [
    {
      id: 'KEY-1',
      says: 'a field of another subgraph MUST be resolved by a representation with the key',
      query: '{ user { team } }',
      data: { user: { team: 'a' } },
      asks: { teams: /_entities/ },
    },
    {
      id: 'KEY-2',
      says: 'key fields that only the gateway needs MUST NOT be in the answer',
      query: '{ users { name team } }',
      data: {
        users: [
          { name: 'Ada', team: 'a' },
          { name: 'Alan', team: 'b' },
        ],
      },
    },
    {
      id: 'KEY-3',
      says: 'the entities of a list SHOULD be fetched by one request',
      query: '{ users { team } }',
      data: { users: [{ team: 'a' }, { team: 'b' }] },
      requests: { accounts: 1, teams: 1 },
    },
    {
      id: 'KEY-4',
      says: 'an entity that stands at several places MUST be at each of them',
      query: '{ user { crew { name } } }',
      data: { user: { crew: [{ name: 'Ada' }, { name: 'Alan' }, { name: 'Ada' }] } },
    },
    {
      id: 'KEY-5',
      says: 'a subgraph that has no field of the selection MUST NOT be asked',
      query: '{ users { id name } }',
      data: {
        users: [
          { id: '1', name: 'Ada' },
          { id: '2', name: 'Alan' },
        ],
      },
      requests: { teams: 0 },
    },
    {
      id: 'KEY-6',
      says: 'an alias that hides the key MUST NOT disturb the representation',
      query: '{ user { id: name name: id team } }',
      data: { user: { id: 'Ada', name: '1', team: 'a' } },
    },
  ],
);
