import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Behind, type Served, serveGateway } from '../serve-gateway.ts';

const SHELF: Behind = {
  sdl: `type Query { items(first: Int): [Item] @listSize(slicingArguments: ["first"]) hidden: [Item] @authenticated }
    type Item @key(fields: "id") { id: ID! }`,
  resolvers: { Query: { items: () => [], hidden: () => [] } },
};

describe('a limit of rates that counts the cost of operations', { timeout: 60_000 }, () => {
  let served: Served;
  before(async () => {
    const limit = { name: 'budget', by: 'address', max: 50, window: '1h', cost: 'operation' };
    served = await serveGateway(
      { shelf: SHELF },
      { rate_limit: { limits: [limit] }, graphql: { field_auth: { mode: 'filter' } } },
    );
  });
  after(() => served?.close());

  it('takes what each costs with its variables, and refuses what it cannot pay', async () => {
    const query = 'query ($first: Int) { items(first: $first) { id } }';
    const remaining = async (first: number) => {
      const { status, headers } = await served.ask(query, { variables: { first } });
      return [status, headers.get('x-ratelimit-remaining')];
    };
    assert.deepEqual(await remaining(20), [200, '30']);
    assert.deepEqual(await remaining(25), [200, '5']);
    assert.deepEqual(await remaining(6), [429, '5']);
    assert.deepEqual(served.received, []);
    assert.deepEqual(await remaining(3), [200, '2']);
  });

  it('takes nothing for fields that are refused', async () => {
    // Beside them at least 1, as every request.
    const { status, headers } = await served.ask('{ hidden { id } }');
    assert.deepEqual([status, headers.get('x-ratelimit-remaining')], [200, '1']);
  });
});
