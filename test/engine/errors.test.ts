import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WeirError } from '../../src/errors.ts';
import { type Answer, createAnsweringFederation } from './answering-subgraphs.ts';
import { createEngine, run } from './worlds/federate.ts';

interface Case {
  readonly name: string;
  readonly query: string;
  readonly accounts: Answer;
  readonly reviews?: Answer;
  readonly data: unknown;
  /** `path: message [code]` */
  readonly errors?: readonly string[];
}

const user = (id: string, more: object = {}): object => ({ __typename: 'User', id, ...more });
const down = new WeirError('UPSTREAM_UNAVAILABLE', 'connect ECONNREFUSED 10.0.0.7:80');
const isDown: Answer = { data: null, errors: [{ message: down.message, cause: down }] };

const cases: readonly Case[] = [
  {
    name: 'an error keeps its path, message and code',
    query: '{me{name}}',
    accounts: {
      data: { me: { name: null } },
      errors: [{ message: 'no', path: ['me', 'name'], extensions: { code: 'X' } }],
    },
    data: { me: { name: null } },
    errors: ['me.name: no [X]'],
  },
  {
    name: 'an error without a code has UPSTREAM_ERROR',
    query: '{me{name}}',
    accounts: { data: { me: { name: null } }, errors: [{ message: 'no', path: ['me', 'name'] }] },
    data: { me: { name: null } },
    errors: ['me.name: no [UPSTREAM_ERROR]'],
  },
  {
    name: 'an error that bubbled up in the subgraph is one error at its own place',
    query: '{me{must name}}',
    accounts: { data: { me: null }, errors: [{ message: 'no', path: ['me', 'must'] }] },
    data: { me: null },
    errors: ['me.must: no [UPSTREAM_ERROR]'],
  },
  {
    name: 'a subgraph that is down leaves only its root fields null, each with the error that clients may see',
    query: '{me{id} num topReview{body}}',
    accounts: isDown,
    reviews: { data: { topReview: { body: 'b' } } },
    data: { me: null, num: null, topReview: { body: 'b' } },
    errors: [
      'me: An upstream cannot be reached [UPSTREAM_UNAVAILABLE]',
      'num: An upstream cannot be reached [UPSTREAM_UNAVAILABLE]',
    ],
  },
  {
    name: 'an entity fetch that fails leaves its fields null at every entity',
    query: '{users{id count}}',
    accounts: { data: { users: [user('1'), user('2')] } },
    reviews: isDown,
    data: {
      users: [
        { id: '1', count: null },
        { id: '2', count: null },
      ],
    },
    errors: [
      'users.0.count: An upstream cannot be reached [UPSTREAM_UNAVAILABLE]',
      'users.1.count: An upstream cannot be reached [UPSTREAM_UNAVAILABLE]',
    ],
  },
  {
    name: 'an error of one entity stands at each place where the entity stands',
    query: '{users{id count}}',
    accounts: { data: { users: [user('1'), user('2'), user('1')] } },
    reviews: {
      data: { _entities: [{ count: null }, { count: 2 }] },
      errors: [{ message: 'no', path: ['_entities', 0, 'count'] }],
    },
    data: {
      users: [
        { id: '1', count: null },
        { id: '2', count: 2 },
        { id: '1', count: null },
      ],
    },
    errors: ['users.0.count: no [UPSTREAM_ERROR]', 'users.2.count: no [UPSTREAM_ERROR]'],
  },
  {
    name: 'an error of an entity that came back null fails every field that was asked of it',
    query: '{users{id count best{body}}}',
    accounts: { data: { users: [user('1'), user('2')] } },
    reviews: {
      data: { _entities: [null, { count: 2, best: null }] },
      errors: [{ message: 'no', path: ['_entities', 0] }],
    },
    data: {
      users: [
        { id: '1', count: null, best: null },
        { id: '2', count: 2, best: null },
      ],
    },
    errors: ['users.0.count: no [UPSTREAM_ERROR]', 'users.0.best: no [UPSTREAM_ERROR]'],
  },
  {
    name: 'an error deep in an entity that bubbled up to the entity is one error',
    query: '{users{id count score}}',
    accounts: { data: { users: [user('1')] } },
    reviews: { data: { _entities: [null] }, errors: [{ message: 'no', path: ['_entities', 0, 'score'] }] },
    data: { users: null },
    errors: ['users.0.score: no [UPSTREAM_ERROR]'],
  },
  {
    name: 'an error below a list in an entity',
    query: '{me{reviews{stars tags}}}',
    accounts: { data: { me: user('1') } },
    reviews: {
      data: {
        _entities: [
          {
            reviews: [
              { stars: 1, tags: null },
              { stars: 2, tags: ['t'] },
            ],
          },
        ],
      },
      errors: [{ message: 'no', path: ['_entities', 0, 'reviews', 0, 'tags', 3] }],
    },
    data: {
      me: {
        reviews: [
          { stars: 1, tags: null },
          { stars: 2, tags: ['t'] },
        ],
      },
    },
    errors: ['me.reviews.0.tags.3: no [UPSTREAM_ERROR]'],
  },
  {
    name: 'an entity that is not found is null without an error',
    query: '{users{id count}}',
    accounts: { data: { users: [user('1')] } },
    reviews: { data: { _entities: [null] } },
    data: { users: [{ id: '1', count: null }] },
  },
  {
    name: 'null in a non-null place goes up to the nearest nullable one with one error',
    query: '{users{id score}}',
    accounts: { data: { users: [user('1'), user('2')] } },
    reviews: { data: { _entities: [{ score: 1 }, { score: null }] } },
    data: { users: null },
    errors: ['users.1.score: Cannot return null for non-nullable field User.score. [UPSTREAM_BAD_RESPONSE]'],
  },
  {
    name: 'null goes up to data',
    query: '{strict{id} num}',
    accounts: { data: null, errors: [{ message: 'no', path: ['strict'] }] },
    data: null,
    errors: ['strict: no [UPSTREAM_ERROR]'],
  },
  {
    name: 'two errors that left no data stand at their own places',
    query: '{me{id} num size}',
    accounts: {
      data: null,
      errors: [
        { message: 'no me', path: ['me'] },
        { message: 'no num', path: ['num'] },
      ],
    },
    data: { me: null, num: null, size: null },
    // What the upstream would have said of `size` went with them: it has its error too (GraphQL §6.4.4).
    errors: ['me: no me [UPSTREAM_ERROR]', 'num: no num [UPSTREAM_ERROR]', 'size: no me [UPSTREAM_ERROR]'],
  },
  {
    name: 'an entity that is gone for a field that is selected late has the error at each of its places',
    query: '{me{id first:score last:score} twin{id first:score last:score}}',
    accounts: { data: { me: user('1'), twin: user('1') } },
    reviews: { data: { _entities: [null] }, errors: [{ message: 'no score', path: ['_entities', 0, 'last'] }] },
    data: { me: null, twin: null },
    errors: ['me.first: no score [UPSTREAM_ERROR]', 'twin.first: no score [UPSTREAM_ERROR]'],
  },
  {
    name: 'an error about data that is there stays, with the places of its entity',
    query: '{users{id count}}',
    accounts: { data: { users: [user('1'), user('1')] } },
    reviews: { data: { _entities: [{ count: 1 }] }, errors: [{ message: 'stale', path: ['_entities', 0, 'count'] }] },
    data: {
      users: [
        { id: '1', count: 1 },
        { id: '1', count: 1 },
      ],
    },
    errors: ['users.0.count: stale [UPSTREAM_ERROR]', 'users.1.count: stale [UPSTREAM_ERROR]'],
  },
  {
    name: 'a field that requires a failed one fails as that did, and is not asked for',
    query: '{me{shout}}',
    accounts: { data: { me: user('1', { name: null }) }, errors: [{ message: 'no name', path: ['me', 'name'] }] },
    data: { me: { shout: null } },
    errors: ['me.shout: no name [UPSTREAM_ERROR]'],
  },
  {
    name: 'a required field that is null is sent as null',
    query: '{me{shout}}',
    accounts: { data: { me: user('1', { name: null }) } },
    reviews: ({ variablesText }) => ({ data: { _entities: [{ shout: variablesText }] } }),
    data: { me: { shout: '{"representations":[{"__typename":"User","id":"1","name":null}]}' } },
  },
  {
    name: 'an entity without its key is not asked for',
    query: '{me{count}}',
    accounts: { data: { me: { __typename: 'User', id: null } } },
    data: { me: { count: null } },
  },
  {
    name: 'an answer without data and errors is unusable',
    query: '{num}',
    accounts: {},
    data: { num: null },
    errors: ['num: An upstream answered with something unusable [UPSTREAM_BAD_RESPONSE]'],
  },
  {
    name: 'an entity answer of the wrong length is unusable, all of it',
    query: '{users{id count}}',
    accounts: { data: { users: [user('1'), user('2')] } },
    reviews: { data: { _entities: [{ count: 7 }] } },
    data: {
      users: [
        { id: '1', count: null },
        { id: '2', count: null },
      ],
    },
    errors: [
      'users.0.count: An upstream answered with something unusable [UPSTREAM_BAD_RESPONSE]',
      'users.1.count: An upstream answered with something unusable [UPSTREAM_BAD_RESPONSE]',
    ],
  },
  {
    name: 'a subgraph that throws is an internal error that tells nothing',
    query: '{num}',
    accounts: () => {
      throw new Error('secret');
    },
    data: { num: null },
    errors: ['num: An internal error occurred [INTERNAL_ERROR]'],
  },
  {
    name: 'errors that are no errors are left out, and the rest is made whole',
    query: '{num}',
    accounts: {
      data: { num: null },
      errors: [null, 'no', { extensions: 'x', path: ['num'] }] as never,
    },
    data: { num: null },
    errors: ['num: An upstream reported an error [UPSTREAM_ERROR]'],
  },
  {
    name: 'paths that are no paths count as absent',
    query: '{num}',
    accounts: {
      data: { num: null },
      errors: [
        { message: 'no', path: 'num' as never },
        { message: 'no', path: [{}] as never },
      ],
    },
    data: { num: null },
    errors: [': no [UPSTREAM_ERROR]', 'num: no [UPSTREAM_ERROR]'],
  },
];

for (const generatesCode of [true, false]) {
  for (const { name, query, accounts, reviews, data, errors = [] } of cases) {
    test(`${name} (${generatesCode ? 'generated' : 'closures'})`, async () => {
      const federation = createAnsweringFederation();
      federation.answer('accounts', accounts);
      if (reviews !== undefined) federation.answer('reviews', reviews);
      const response = await run(createEngine(federation, { generatesCode }), federation.apiSchema, query);
      assert.deepEqual(JSON.parse(response.dataText), data);
      const told = (response.errors ?? []).map(
        ({ path, message, extensions }) => `${(path ?? []).join('.')}: ${message} [${extensions?.code}]`,
      );
      assert.deepEqual(told, errors);
    });
  }
}

test('an error says nothing of where its upstream is', async () => {
  const federation = createAnsweringFederation();
  federation.answer('accounts', isDown);
  const { errors } = await run(createEngine(federation), federation.apiSchema, '{num}');
  assert.equal(errors?.length, 1);
  assert.doesNotMatch(JSON.stringify(errors), /accounts|10\.0\.0/);
});

test('a client that has left is not worked for', async () => {
  const federation = createAnsweringFederation();
  const { dataText, errors } = await run(
    createEngine(federation),
    federation.apiSchema,
    '{num}',
    {},
    { signal: AbortSignal.abort() },
  );
  assert.equal(dataText, '{"num":null}');
  assert.equal(errors?.[0]?.extensions?.code, 'CLIENT_CLOSED_REQUEST');
  assert.deepEqual(federation.calls, []);
});

test('a deadline that passes between two steps stops the second', async () => {
  const federation = createAnsweringFederation();
  const controller = new AbortController();
  federation.answer('accounts', () => {
    controller.abort(new WeirError('DEADLINE_EXCEEDED'));
    return { data: { me: user('1') } } as never;
  });
  const { dataText, errors } = await run(
    createEngine(federation),
    federation.apiSchema,
    '{me{id count}}',
    {},
    { signal: controller.signal },
  );
  assert.equal(dataText, '{"me":{"id":"1","count":null}}');
  assert.equal(errors?.[0]?.extensions?.code, 'DEADLINE_EXCEEDED');
  assert.equal(federation.calls.length, 1);
});

test('data that cannot be changed is an internal error, and the engine goes on', async () => {
  const federation = createAnsweringFederation();
  federation.answer('reviews', { data: { _entities: [{ count: 1 }] } });
  const accounts = federation.subgraphs.get('accounts');
  assert.ok(accounts);
  const frozen = { ...accounts, execute: () => ({ data: { me: Object.freeze(user('1')) } }) };
  const events: string[] = [];
  const engine = createEngine(
    { ...federation, subgraphs: new Map([...federation.subgraphs, ['accounts', frozen]]) },
    { onEvent: ({ type }) => events.push(type) },
  );
  const { dataText, errors } = await run(engine, federation.apiSchema, '{me{count}}');
  assert.equal(dataText, 'null');
  assert.deepEqual(errors, [{ message: 'An internal error occurred', extensions: { code: 'INTERNAL_ERROR' } }]);
  assert.deepEqual(events, ['compiled', 'run_failed']);
  assert.equal((await run(engine, federation.apiSchema, '{me{id}}')).dataText, '{"me":{"id":"1"}}');
});
