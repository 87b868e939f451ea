import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Mechanism } from '../../../src/edge/identity/mechanism.ts';
import { type Outcome, Refusal, refuseToken } from '../../../src/edge/identity/outcome.ts';
import { compileRequirement } from '../../../src/edge/identity/requirement.ts';
import type { Identity } from '../../../src/edge/request-context.ts';

/** A mechanism of any kind that comes to the given outcome, at once or later. */
function coming(
  to: Outcome,
  more: { later?: boolean; challenge?: string; asked?: string[]; name?: string } = {},
): Mechanism {
  return {
    kind: 'jwt',
    challenge: more.challenge ?? 'Bearer realm="weir"',
    identify: () => {
      more.asked?.push(more.name ?? '');
      return more.later === true ? Promise.resolve(to) : to;
    },
    close: async () => {},
  };
}
const identity = (subject: string, more: Partial<Identity> = {}): Identity => ({
  subject,
  kind: 'jwt',
  scopes: [],
  roles: [],
  claims: {},
  ...more,
});
const ada = identity('ada', { scopes: ['a'], claims: { x: 1 } });
const bot = identity('bot', { scopes: ['b', 'a'], roles: ['r'], tier: 'gold', claims: { x: 2, y: 2 } });
const credentials = { headers: {} };
const refusal = refuseToken('no');

for (const later of [false, true]) {
  describe(`a requirement whose mechanisms answer ${later ? 'later' : 'at once'}`, () => {
    const any = (outcomes: Outcome[], optional = false) =>
      compileRequirement({ mechanisms: outcomes.map((to) => coming(to, { later })), combine: 'any', optional })(
        credentials,
      );
    const all = (outcomes: Outcome[], optional = false) =>
      compileRequirement({ mechanisms: outcomes.map((to) => coming(to, { later })), combine: 'all', optional })(
        credentials,
      );

    it('answers as its mechanisms do', () => {
      assert.equal(any([ada]) instanceof Promise, later);
      assert.equal(all([ada, bot]) instanceof Promise, later);
    });

    it('of any: takes the first identity, whatever was refused before', async () => {
      assert.equal(await any([null, ada, bot]), ada);
      assert.equal(await any([refusal, ada]), ada);
      assert.equal(await any([null, refusal, null]), refusal);
    });

    it('of any: never takes a credential that does not hold for none', async () => {
      assert.equal(await any([refusal, null], true), refusal);
      assert.equal(await any([null, null], true), null);
      const missing = await any([null, null]);
      assert.ok(missing instanceof Refusal);
      assert.equal(missing.wwwAuthenticate, 'Bearer realm="weir"');
    });

    it('of all: wants every identity, and joins them under the first', async () => {
      assert.deepEqual(
        await all([ada, bot]),
        identity('ada', { scopes: ['a', 'b'], roles: ['r'], tier: 'gold', claims: { x: 1, y: 2 } }),
      );
      assert.equal(await all([ada, refusal]), refusal);
      assert.ok((await all([ada, null])) instanceof Refusal);
      assert.ok((await all([ada, null], true)) instanceof Refusal, 'half is not anonymous');
      assert.equal(await all([null, null], true), null);
    });
  });
}

describe('a requirement', () => {
  it('asks in order and no further than it must', () => {
    const asked: string[] = [];
    const mechanisms = [
      coming(null, { asked, name: 'first' }),
      coming(ada, { asked, name: 'second' }),
      coming(bot, { asked, name: 'third' }),
    ];
    compileRequirement({ mechanisms, combine: 'any', optional: false })(credentials);
    assert.deepEqual(asked, ['first', 'second']);
  });

  it('names every scheme that it takes, once', () => {
    const mechanisms = [
      coming(null, { challenge: '' }),
      coming(null),
      coming(null),
      coming(null, { challenge: 'ApiKey realm="weir"' }),
    ];
    const missing = compileRequirement({ mechanisms, combine: 'any', optional: false })(credentials);
    assert.ok(missing instanceof Refusal);
    assert.equal(missing.wwwAuthenticate, 'Bearer realm="weir", ApiKey realm="weir"');
  });
});
