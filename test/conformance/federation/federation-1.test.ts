import { conform } from './conform.ts';

const users = [{ __typename: 'User', id: '1', name: 'Ada', nick: 'ada', posts: 3 }];

conform(
  'Federation 1: extend type and @extends',
  {
    isFederation1: true,
    subgraphs: {
      accounts: 'type Query { me: User } type User @key(fields: "id") { id: ID! name: String }',
      blog: 'extend type Query { authors: [User] } extend type User @key(fields: "id") { id: ID! @external name: String @external posts: Int label: String @requires(fields: "name") }',
      chat: 'type User @extends @key(fields: "id") { id: ID! @external nick: String }',
    },
    entities: { User: users },
    resolvers: {
      Query: { me: () => users[0], authors: () => users },
      User: { label: ({ name }: { name: string }) => `by ${name}` },
    },
  },
  [
    {
      id: 'FED1-1',
      says: 'an extended type MUST be resolved by its key',
      query: '{ me { name posts nick } }',
      data: { me: { name: 'Ada', posts: 3, nick: 'ada' } },
    },
    {
      id: 'FED1-2',
      says: 'an external key MUST be usable by the subgraph that extends the type',
      query: '{ authors { id posts name } }',
      data: { authors: [{ id: '1', posts: 3, name: 'Ada' }] },
    },
    {
      id: 'FED1-3',
      says: 'a requirement of an extended type MUST be in the representation',
      query: '{ authors { label } }',
      data: { authors: [{ label: 'by Ada' }] },
    },
  ],
);
