import { conform } from './conform.ts';

let log: string[] = [];
const counter = { __typename: 'Counter', id: 'c' };

function note(text: string): typeof counter {
  log.push(text);
  return counter;
}

conform(
  'mutations',
  {
    subgraphs: {
      a: 'type Query { counter: Counter } type Mutation { addA(text: String!): Counter! failA: Int } type Counter @key(fields: "id") { id: ID! now: String }',
      b: 'type Mutation { addB(text: String!): Counter! } type Counter @key(fields: "id") { id: ID! seen: String }',
    },
    entities: { Counter: [counter] },
    reset() {
      log = [];
    },
    resolvers: {
      Query: { counter: () => counter },
      Mutation: {
        addA: (_, { text }) => note(`a${text}`),
        addB: (_, { text }) => note(`b${text}`),
        failA: () => {
          throw new Error('It fails');
        },
      },
      Counter: { now: () => log.join(), seen: () => log.join() },
    },
  },
  [
    {
      id: 'MUTATION-1',
      says: 'root fields MUST run one after the other, over all subgraphs, each with what is below it',
      query: 'mutation { x: addA(text: "1") { now } y: addB(text: "2") { now seen } z: addA(text: "3") { seen } }',
      data: { x: { now: 'a1' }, y: { now: 'a1,b2', seen: 'a1,b2' }, z: { seen: 'a1,b2,a3' } },
    },
    {
      id: 'MUTATION-2',
      says: 'a root field MUST run once, however much of its entity others resolve',
      query: 'mutation { addA(text: "1") { id now seen } }',
      data: { addA: { id: 'c', now: 'a1', seen: 'a1' } },
    },
    {
      id: 'MUTATION-3',
      says: 'a root field that fails MUST NOT keep those after it from running',
      query: 'mutation { failA addB(text: "4") { id } }',
      data: { failA: null, addB: { id: 'c' } },
      errors: ['failA'],
    },
    {
      id: 'MUTATION-4',
      says: 'the answer MUST have the root fields in the order of the operation',
      query: 'mutation { t: __typename b: addB(text: "1") { id } a: addA(text: "2") { id } }',
      data: { t: 'Mutation', b: { id: 'c' }, a: { id: 'c' } },
    },
  ],
);
