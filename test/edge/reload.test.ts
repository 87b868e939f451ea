import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEdge } from '../../src/edge/create-edge.ts';
import type { Identity } from '../../src/edge/request-context.ts';
import { defineEdge, headOf } from './edge-definition.ts';
import { createPrivateJwk, Issuer } from './identity/issuer.ts';

describe('the edge over a reload', () => {
  const limits = (max: number) => ({ rate_limit: { limits: [{ name: 'l', max, window: '1h', by: 'global' }] } });
  const take = async (edge: ReturnType<typeof createEdge>) => {
    const facts = { kind: 'rest', method: 'GET', route: 'r', clientAddress: '', identity: null, headers: {} } as const;
    return (await edge.limiter.take(edge.limits.toDemands(facts))).allowed;
  };

  it('counts on, also against a limit that changed', async () => {
    const before = createEdge(defineEdge(limits(3)));
    assert.deepEqual(
      [await take(before), await take(before), await take(before), await take(before)],
      [true, true, true, false],
    );
    const after = createEdge(defineEdge(limits(4)), undefined, before);
    await before.close();
    assert.deepEqual([await take(after), await take(after)], [true, false]);
    await after.close();
  });

  it('counts anew where the counters are elsewhere', async () => {
    const before = createEdge(defineEdge(limits(1)));
    await take(before);
    const after = createEdge(defineEdge({ rate_limit: { ...limits(1).rate_limit, max_keys: 500 } }), undefined, before);
    assert.equal(await take(after), true);
    await before.close();
    await after.close();
  });

  it('verifies tokens while the issuer is away', async (t) => {
    const issuer = await Issuer.start([await createPrivateJwk('one')]);
    t.after(() => issuer.close());
    const definition = defineEdge({ auth: { jwt: { issuer: issuer.url }, optional: false } });
    const before = createEdge(definition);
    const head = headOf({ authorization: `Bearer ${await issuer.token()}` });
    assert.equal(((await before.identify(head)) as Identity).kind, 'jwt');
    await issuer.close();
    const after = createEdge(definition, undefined, before);
    await before.close();
    assert.equal(((await after.identify(head)) as Identity).kind, 'jwt');
    await after.close();
  });

  it('goes on with the former where the next config is refused', async () => {
    const before = createEdge(defineEdge(limits(1)));
    const contradiction = defineEdge({ ...limits(2), trusted_proxies: ['nonsense'] });
    assert.throws(() => createEdge(contradiction, undefined, before), TypeError);
    assert.equal(await take(before), true);
    await before.close();
  });
});
