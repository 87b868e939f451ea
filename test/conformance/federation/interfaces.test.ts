import { conform } from './conform.ts';

const cat = { __typename: 'Cat', id: 'c', name: 'Tom', lives: 9, owner: 'Ada' };
const dog = { __typename: 'Dog', id: 'd', name: 'Rex', size: 4, owner: 'Alan' };

conform(
  'interfaces across subgraphs',
  {
    subgraphs: {
      pets: `type Query { pets: [Pet!]! named: [Named] } interface Named { name: String } interface Pet implements Named { id: ID! name: String }
        type Cat implements Pet & Named @key(fields: "id") { id: ID! name: String lives: Int }
        type Dog implements Pet & Named @key(fields: "id") { id: ID! name: String size: Int }`,
      owners: `type Query { owned: [Owned!]! } interface Owned { owner: String }
        type Cat implements Owned @key(fields: "id") { id: ID! owner: String } type Dog implements Owned @key(fields: "id") { id: ID! owner: String }`,
    },
    entities: { Cat: [cat], Dog: [dog] },
    resolvers: { Query: { pets: () => [cat, dog], named: () => [dog, null], owned: () => [dog, cat] } },
  },
  [
    {
      id: 'INTERFACE-1',
      says: 'fields of an interface MUST be resolved for each concrete type',
      query: '{ pets { __typename id name } }',
      data: {
        pets: [
          { __typename: 'Cat', id: 'c', name: 'Tom' },
          { __typename: 'Dog', id: 'd', name: 'Rex' },
        ],
      },
    },
    {
      id: 'INTERFACE-2',
      says: 'a fragment on an interface that only another subgraph has MUST apply',
      query: '{ pets { name ... on Owned { owner } } }',
      data: {
        pets: [
          { name: 'Tom', owner: 'Ada' },
          { name: 'Rex', owner: 'Alan' },
        ],
      },
    },
    {
      id: 'INTERFACE-3',
      says: 'a concrete type MUST be entered by its own key from an interface',
      query: '{ owned { owner ... on Cat { lives } ... on Named { name } } }',
      data: {
        owned: [
          { owner: 'Alan', name: 'Rex' },
          { owner: 'Ada', lives: 9, name: 'Tom' },
        ],
      },
    },
    {
      id: 'INTERFACE-4',
      says: 'a null in a list of an interface MUST stay at its place',
      query: '{ named { name ... on Pet { id } } }',
      data: { named: [{ name: 'Rex', id: 'd' }, null] },
    },
  ],
);
