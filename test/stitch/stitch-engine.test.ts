import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kind, OperationTypeNode, parse } from 'graphql';
import { WeirError } from '../../src/errors.ts';
import type { EngineResponse } from '../../src/planner/engine.ts';
import type { Operation } from '../../src/planner/operation.ts';
import { createStitchEngine, type StitchEngine } from '../../src/stitch/stitch-engine.ts';
import type { Subgraph, SubgraphResult } from '../../src/subgraphs/subgraph.ts';
import { composeSupergraph } from '../../src/supergraph/compose.ts';
import { readSupergraph } from '../../src/supergraph/supergraph.ts';
import { localSubgraph } from './federated-service.ts';
import { requestContext } from './request-context.ts';
import { buildShopServices, type ServiceName, shopDefinitions } from './shop.ts';

const composition = composeSupergraph(shopDefinitions);
assert.ok('sdl' in composition);
const supergraph = readSupergraph(composition.sdl);

/** The shop, with some of its services replaced. */
function shop(replaced: Partial<Record<ServiceName, Subgraph['execute']>> = {}, log: string[] = []): StitchEngine {
  const subgraphs = [...buildShopServices()].map(([name, schema]) => {
    const subgraph = localSubgraph(name, schema, log);
    return [name, { ...subgraph, execute: replaced[name] ?? subgraph.execute }] as const;
  });
  return createStitchEngine(supergraph, new Map(subgraphs));
}

const answer = (result: SubgraphResult) => () => result;
const down = answer({
  errors: [
    {
      message: 'connect ECONNREFUSED 10.0.0.7:4001',
      cause: new WeirError('UPSTREAM_UNAVAILABLE', 'connect ECONNREFUSED 10.0.0.7:4001', { upstream: 'reviews' }),
    },
  ],
});

function operationOf(text: string): Operation {
  const document = parse(text);
  const [definition] = document.definitions;
  assert.ok(definition?.kind === Kind.OPERATION_DEFINITION);
  return { kind: definition.operation, name: undefined, text, document, isEmpty: false, privateAlias: undefined };
}

async function run(engine: StitchEngine, text: string): Promise<unknown> {
  const response = await engine.execute({ operation: operationOf(text), variables: {}, context: requestContext() });
  return JSON.parse(JSON.stringify(response));
}

test('a service that is down costs only its fields, and clients read the code, not the address', async () => {
  assert.deepEqual(await run(shop({ reviews: down }), '{ users(ids: ["1", "2"]) { first fullName } }'), {
    data: {
      users: [
        { first: 'Ada', fullName: null },
        { first: 'Alan', fullName: null },
      ],
    },
    errors: [0, 1].map((index) => ({
      message: 'An upstream cannot be reached',
      path: ['users', index, 'fullName'],
      extensions: { code: 'UPSTREAM_UNAVAILABLE' },
    })),
  });
});

test('a root field of a service that is down is null, others are there', async () => {
  assert.deepEqual(await run(shop({ products: down }), '{ product(upc: "p1") { name } me { first } }'), {
    data: { product: null, me: { first: 'Ada' } },
    errors: [
      { message: 'An upstream cannot be reached', path: ['product'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } },
    ],
  });
});

test('errors of a service keep message, code and other extensions', async () => {
  const inventory = answer({
    data: { _entities: [{ __typename: 'Product', inStock: null }] },
    errors: [
      { message: 'Closed today', path: ['_entities', 0, 'inStock'], extensions: { code: 'CLOSED', until: 'Monday' } },
    ],
  });
  assert.deepEqual(await run(shop({ inventory }), '{ product(upc: "p1") { stocked: inStock } }'), {
    data: { product: { stocked: null } },
    errors: [
      { message: 'Closed today', path: ['product', 'stocked'], extensions: { code: 'CLOSED', until: 'Monday' } },
    ],
  });
});

test('an error of a service without a code gets UPSTREAM_ERROR', async () => {
  const accounts = answer({ data: { user: null }, errors: [{ message: 'No', path: ['user'] }] });
  assert.deepEqual(await run(shop({ accounts }), '{ user(id: "1") { first } }'), {
    data: { user: null },
    errors: [{ message: 'No', path: ['user'], extensions: { code: 'UPSTREAM_ERROR' } }],
  });
});

test('an error without a path is not lost although all data are there', async () => {
  const accounts = answer({ data: { user: { first: 'Ada' } }, errors: [{ message: 'Half of the disks are gone' }] });
  assert.deepEqual(await run(shop({ accounts }), '{ user(id: "1") { first } }'), {
    data: { user: { first: 'Ada' } },
    errors: [{ message: 'Half of the disks are gone', extensions: { code: 'UPSTREAM_ERROR' } }],
  });
});

test('the failure of what only a @requires needs is not silent', async () => {
  const log: string[] = [];
  const accounts = answer({
    data: { user: { __typename: 'User', id: '1', first: null, last: null } },
    errors: [{ message: 'No names', path: ['user', 'first'] }],
  });
  const response = (await run(shop({ accounts }, log), '{ user(id: "1") { fullName } }')) as EngineResponse;
  assert.deepEqual(response, {
    data: { user: { fullName: null } },
    errors: [{ message: 'No names', path: ['user', 'fullName'], extensions: { code: 'UPSTREAM_ERROR' } }],
  });
});

test('data that the schema forbids are null with an error that quotes no value', async () => {
  const accounts = answer({
    data: {
      user: { __typename: 'User', id: '1', role: 'ROBOT', label: { not: 'text' }, first: 'Ada' },
    },
  });
  assert.deepEqual(await run(shop({ accounts }), '{ user(id: "1") { role first } }'), {
    data: { user: { role: null, first: 'Ada' } },
    errors: [
      {
        message: 'An upstream answered with something unusable',
        path: ['user', 'role'],
        extensions: { code: 'UPSTREAM_BAD_RESPONSE' },
      },
    ],
  });
});

test('a null that the schema forbids goes up to the next place that may be null', async () => {
  const accounts = answer({ data: { user: { __typename: 'User', id: '1', fragile: null } } });
  assert.deepEqual(await run(shop({ accounts }), '{ user(id: "1") { fragile } }'), {
    data: { user: null },
    errors: [
      {
        message: 'Cannot return null for non-nullable field User.fragile.',
        path: ['user', 'fragile'],
        extensions: { code: 'UPSTREAM_BAD_RESPONSE' },
      },
    ],
  });
});

test('a subgraph that throws against its contract gives an internal error and no detail', async () => {
  const accounts = () => Promise.reject(new TypeError("Cannot read properties of undefined (reading 'secret')"));
  const response = (await run(shop({ accounts }), '{ user(id: "1") { first } }')) as EngineResponse;
  assert.deepEqual(response, {
    data: { user: null },
    errors: [{ message: 'An internal error occurred', path: ['user'], extensions: { code: 'INTERNAL_ERROR' } }],
  });
});

test('entities of a list are fetched in one request, each once', async () => {
  const log: string[] = [];
  await run(shop({}, log), '{ topReviews(first: 4) { product { name inStock } } }');
  assert.deepEqual(
    log.map((line) => line.split(':')[0]),
    ['reviews', 'products', 'inventory'],
  );
});

test('root fields of one service are fetched in one request', async () => {
  const log: string[] = [];
  await run(shop({}, log), '{ a: me { id } b: user(id: "2") { id } users { id } }');
  assert.equal(log.length, 1);
});

test('mutations run one after the other, in the order of the document', async () => {
  const log: string[] = [];
  await run(
    shop({}, log),
    'mutation { a: rename(id: "1", last: "A") { last } b: addReview(upc: "p1", body: "B") { body } c: rename(id: "2", last: "C") { last } }',
  );
  assert.deepEqual(
    log.map((line) => line.split(':')[0]),
    ['accounts', 'reviews', 'accounts'],
  );
});

test('a service gets the context of the request', async () => {
  const seen: unknown[] = [];
  const engine = shop({
    accounts: (request) => {
      seen.push(request.context);
      return { data: { nobody: null } };
    },
  });
  const context = requestContext();
  await engine.execute({ operation: operationOf('{ nobody { id } }'), variables: {}, context });
  assert.deepEqual(seen, [context]);
});

test('each event of a subscription is completed from the other services', async () => {
  const engine = shop();
  const operation = operationOf('subscription { userSeen { first fullName } }');
  assert.equal(operation.kind, OperationTypeNode.SUBSCRIPTION);
  assert.match(engine.declines(operation) ?? '', /subscription/);
  const events = await engine.subscribe({ operation, variables: {}, context: requestContext() });
  assert.ok(Symbol.asyncIterator in events);
  const names: unknown[] = [];
  for await (const event of events) names.push(JSON.parse(JSON.stringify(event)));
  assert.deepEqual(
    names,
    ['Ada Lovelace', 'Alan Turing', 'Grace Hopper'].map((fullName) => ({
      data: { userSeen: { first: fullName.split(' ')[0], fullName } },
    })),
  );
});

test('leaving a subscription ends it at the service', async () => {
  const ended: string[] = [];
  async function* events() {
    try {
      for (;;) yield { data: { userSeen: { first: 'Ada' } } };
    } finally {
      ended.push('userSeen');
    }
  }
  const services = [...buildShopServices()].map(([name, schema]) => {
    return [name, { ...localSubgraph(name, schema), subscribe: async () => events() }] as const;
  });
  const operation = operationOf('subscription { userSeen { first } }');
  const responses = await createStitchEngine(supergraph, new Map(services)).subscribe({
    operation,
    variables: {},
    context: requestContext(),
  });
  assert.ok(Symbol.asyncIterator in responses);
  for await (const response of responses) {
    assert.deepEqual(JSON.parse(JSON.stringify(response)), { data: { userSeen: { first: 'Ada' } } });
    break;
  }
  assert.deepEqual(ended, ['userSeen']);
});

test('a subscription to a service that has none answers with an error', async () => {
  const services = [...buildShopServices()].map(([name, schema]) => {
    const { subscribe: _, ...subgraph } = localSubgraph(name, schema);
    return [name, subgraph as Subgraph] as const;
  });
  const engine = createStitchEngine(supergraph, new Map(services));
  const operation = operationOf('subscription { userSeen { first } }');
  const response = await engine.subscribe({ operation, variables: {}, context: requestContext() });
  assert.ok(!(Symbol.asyncIterator in response), 'no stream');
  assert.deepEqual(JSON.parse(JSON.stringify(response.errors)), [
    { message: 'The field has no subscriptions', path: ['userSeen'], extensions: { code: 'UPSTREAM_ERROR' } },
  ]);
});

test('a supergraph with a subgraph that nothing serves is refused', () => {
  assert.throws(() => createStitchEngine(supergraph, new Map()), /no subgraph object for "accounts"/);
});
