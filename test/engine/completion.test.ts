import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnsweringFederation } from './answering-subgraphs.ts';
import { createEngine, run } from './worlds/federate.ts';

interface Case {
  readonly query: string;
  readonly data: unknown;
  /** The text of the answer's data. */
  readonly gives: string;
  readonly errors?: readonly string[];
}

const cases: readonly Case[] = [
  { query: '{me{id}}', data: { me: { id: 7 } }, gives: '{"me":{"id":"7"}}' },
  { query: '{me{id}}', data: { me: { id: 7.5 } }, gives: '{"me":null}', errors: ['ID cannot represent value: 7.5'] },
  { query: '{num}', data: { num: '12' }, gives: '{"num":12}' },
  { query: '{num}', data: { num: true }, gives: '{"num":1}' },
  {
    query: '{num}',
    data: { num: 1.5 },
    gives: '{"num":null}',
    errors: ['Int cannot represent non-integer value: 1.5'],
  },
  {
    query: '{num}',
    data: { num: 2147483648 },
    gives: '{"num":null}',
    errors: ['Int cannot represent non 32-bit signed integer value: 2147483648'],
  },
  { query: '{num}', data: { num: {} }, gives: '{"num":null}', errors: ['Int cannot represent non-integer value: {}'] },
  { query: '{me{rating}}', data: { me: { rating: '1.5' } }, gives: '{"me":{"rating":1.5}}' },
  { query: '{me{rating}}', data: { me: { rating: 1e21 } }, gives: '{"me":{"rating":1e+21}}' },
  { query: '{me{isOld}}', data: { me: { isOld: 0 } }, gives: '{"me":{"isOld":false}}' },
  {
    query: '{me{isOld}}',
    data: { me: { isOld: 'no' } },
    gives: '{"me":{"isOld":null}}',
    errors: ['Boolean cannot represent a non boolean value: "no"'],
  },
  { query: '{me{name}}', data: { me: { name: 5 } }, gives: '{"me":{"name":"5"}}' },
  { query: '{me{name}}', data: { me: { name: true } }, gives: '{"me":{"name":"true"}}' },
  {
    query: '{me{name}}',
    data: { me: { name: ['a'] } },
    gives: '{"me":{"name":null}}',
    errors: ['String cannot represent value: ["a"]'],
  },
  {
    query: '{me{name}}',
    data: { me: { name: '"\\\u0000\u2028\ud800é☃' } },
    gives: '{"me":{"name":"\\"\\\\\\u0000\u2028\\ud800é☃"}}',
  },
  { query: '{me{name}}', data: { me: {} }, gives: '{"me":{"name":null}}' },
  { query: '{me{name}}', data: {}, gives: '{"me":null}' },
  { query: '{size}', data: { size: 'LARGE' }, gives: '{"size":"LARGE"}' },
  {
    query: '{size}',
    data: { size: 'SECRET' },
    gives: '{"size":null}',
    errors: ['Enum "Size" cannot represent the value that an upstream gave'],
  },
  {
    query: '{me{name}}',
    data: { me: 'me' },
    gives: '{"me":null}',
    errors: ['Expected an object for field "Query.me"'],
  },
  { query: '{me{name}}', data: { me: [] }, gives: '{"me":null}', errors: ['Expected an object for field "Query.me"'] },
  {
    query: '{users{id}}',
    data: { users: {} },
    gives: '{"users":null}',
    errors: ['Expected Iterable, but did not find one for field "Query.users".'],
  },
  {
    query: '{users{id}}',
    data: { users: [{ id: '1' }, null] },
    gives: '{"users":null}',
    errors: ['Cannot return null for non-nullable field Query.users.'],
  },
  {
    query: '{me{name id}}',
    data: { me: { extra: 1, id: '1', name: 'n' }, more: 2 },
    gives: '{"me":{"name":"n","id":"1"}}',
  },
  {
    query: '{__typename me{__typename t:__typename id}}',
    data: { me: { id: '1', __typename: 'Other' } },
    gives: '{"__typename":"Query","me":{"__typename":"User","t":"User","id":"1"}}',
  },
  { query: '{me{name @skip(if:true)}}', data: { me: { __typename: 'User' } }, gives: '{"me":{}}' },
];

for (const generatesCode of [true, false]) {
  for (const { query, data, gives, errors = [] } of cases) {
    test(`${query} of ${JSON.stringify(data)} gives ${gives} (${generatesCode ? 'generated' : 'closures'})`, async () => {
      const federation = createAnsweringFederation();
      federation.answer('accounts', { data: data as never });
      const response = await run(createEngine(federation, { generatesCode }), federation.apiSchema, query);
      assert.equal(response.dataText, gives);
      assert.deepEqual(
        (response.errors ?? []).map(({ message }) => message),
        errors,
      );
    });
  }
}
