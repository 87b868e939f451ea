import { conform } from './conform.ts';

const user = { __typename: 'User', id: '1', name: 'Ada' };

conform(
  'introspection, __typename and aliases',
  {
    subgraphs: {
      a: 'type Query { me: User } type User @key(fields: "id") { id: ID! name: String }',
      b: 'type User @key(fields: "id") { id: ID! age(unit: String = "y"): String }',
    },
    entities: { User: [user] },
    resolvers: { Query: { me: () => user }, User: { age: (_, { unit }) => `36${unit}` } },
  },
  [
    {
      id: 'INTROSPECTION-1',
      says: 'introspection MUST be answered without any subgraph, beside data',
      query: '{ __schema { queryType { name } } me { name } __type(name: "User") { fields { name } } }',
      data: {
        __schema: { queryType: { name: 'Query' } },
        me: { name: 'Ada' },
        __type: { fields: [{ name: 'id' }, { name: 'name' }, { name: 'age' }] },
      },
    },
    {
      id: 'INTROSPECTION-2',
      says: 'what federation adds to a subgraph MUST NOT be visible',
      query: '{ a: __type(name: "_Entity") { name } b: __type(name: "join__Graph") { name } }',
      data: { a: null, b: null },
      requests: { a: 0, b: 0 },
    },
    {
      id: 'TYPENAME-1',
      says: '__typename at the root MUST be the name of the root type, without a request',
      query: '{ t: __typename __typename }',
      data: { t: 'Query', __typename: 'Query' },
      requests: { a: 0, b: 0 },
    },
    {
      id: 'ALIAS-1',
      says: 'one field under several aliases and arguments MUST have the value of each',
      query: '{ me { x: age y: age(unit: "m") age z: name } also: me { age(unit: "d") } }',
      data: { me: { x: '36y', y: '36m', age: '36y', z: 'Ada' }, also: { age: '36d' } },
    },
    {
      id: 'ALIAS-2',
      says: 'keys that JavaScript gives a meaning MUST be data',
      query: '{ __proto__: me { constructor: name toString: age hasOwnProperty: id } }',
      data: JSON.parse('{"__proto__":{"constructor":"Ada","toString":"36y","hasOwnProperty":"1"}}'),
    },
    {
      id: 'ORDER-1',
      says: 'fields MUST be in the order of the selection, whichever subgraph answers first',
      query: '{ me { age ... on User { name } id age } }',
      data: { me: { age: '36y', name: 'Ada', id: '1' } },
    },
    {
      id: 'CONDITION-1',
      says: 'a field selected twice under opposite conditions MUST be there once',
      query: 'query ($on: Boolean!) { me { ... @include(if: $on) { name } ... @skip(if: $on) { name age } } }',
      variables: { on: false },
      data: { me: { name: 'Ada', age: '36y' } },
    },
    {
      id: 'CONDITION-2',
      says: 'an object of which nothing is left selected MUST be an empty object',
      query: '{ me { name @skip(if: true) } }',
      data: { me: {} },
    },
    {
      id: 'CONDITION-3',
      says: 'an operation of which nothing is left MUST be answered by an empty object',
      query: '{ me @include(if: false) { name } }',
      data: {},
      requests: { a: 0, b: 0 },
    },
  ],
);
