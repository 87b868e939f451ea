import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { policies } from '../../../src/config/schema/policies.ts';
import type { PolicyFacts } from '../../../src/edge/policies/condition.ts';
import { compileHours } from '../../../src/edge/policies/hours.ts';
import { compilePathPattern } from '../../../src/edge/policies/path-pattern.ts';
import { compilePolicies, type PolicyEvent } from '../../../src/edge/policies/policies.ts';
import type { Identity } from '../../../src/edge/request-context.ts';

const ada: Identity = {
  subject: 'ada',
  kind: 'jwt',
  scopes: ['read'],
  roles: ['clerk'],
  claims: { tenant: 'shop', groups: ['a', 'b'] },
  tier: 'gold',
};
const facts = (more: Partial<PolicyFacts> = {}): PolicyFacts => ({
  kind: 'rest',
  method: 'GET',
  path: '/api/orders/7',
  route: 'orders',
  identity: ada,
  clientAddress: '10.1.2.3',
  requestId: 'request-1',
  ...more,
});

function compile(rules: Record<string, unknown>[], fallback = 'allow') {
  const events: PolicyEvent[] = [];
  const authorize = compilePolicies(policies.parse({ default: fallback, rules }), {
    onEvent: (event) => events.push(event),
    now: () => Date.parse('2026-01-05T10:00:00Z'),
  });
  return { events, code: (of: PolicyFacts = facts()) => authorize(of)?.error.code ?? 'OK', authorize };
}
const allow = (when: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  id: 'a',
  effect: 'allow',
  when,
  ...more,
});
const deny = (when: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  id: 'd',
  effect: 'deny',
  when,
  ...more,
});

describe('policies', () => {
  it('let pass what none is about, unless the default denies', () => {
    assert.equal(compile([]).code(), 'OK');
    assert.equal(compile([], 'deny').code(), 'FORBIDDEN');
    assert.equal(compile([allow({ roles_any: ['boss'] }, { match: { routes: ['other'] } })]).code(), 'OK');
  });

  it('want one of the allowing ones to hold', () => {
    const { code, events } = compile([allow({ roles_any: ['boss'] }), allow({ tiers: ['gold'] }, { id: 'b' })]);
    assert.equal(code(), 'OK');
    assert.equal(code(facts({ identity: { ...ada, tier: 'tin' } })), 'FORBIDDEN');
    assert.deepEqual(events, [{ type: 'policy_denied', policy: 'a', requestId: 'request-1' }]);
  });

  it('let a denial win, in whatever order they stand', () => {
    const rules = [allow({ roles_any: ['clerk'] }), deny({ addresses: ['10.0.0.0/8'] })];
    for (const order of [rules, rules.toReversed()]) {
      const { code } = compile(order);
      assert.equal(code(), 'FORBIDDEN');
      assert.equal(code(facts({ clientAddress: '11.1.2.3' })), 'OK');
    }
  });

  it('ask an unknown client to make itself known, and say of scopes what would do', () => {
    const { authorize } = compile([allow({ scopes_all: ['read', 'write'] })]);
    const anonymous = authorize(facts({ identity: null }));
    assert.equal(anonymous?.error.code, 'UNAUTHENTICATED');
    assert.equal(anonymous?.wwwAuthenticate, 'Bearer realm="weir"');
    const known = authorize(facts());
    assert.equal(known?.error.code, 'FORBIDDEN');
    assert.equal(known?.wwwAuthenticate, 'Bearer realm="weir", error="insufficient_scope", scope="read write"');
  });

  it('tell the client nothing of their ids', () => {
    const { authorize } = compile([deny({}, { id: 'secret-rule' })]);
    const refusal = authorize(facts());
    assert.ok(
      !`${refusal?.error.clientMessage} ${refusal?.wwwAuthenticate} ${JSON.stringify(refusal?.error.details)}`.includes(
        'secret',
      ),
    );
  });

  it('only count where they are rehearsed', () => {
    const { code, events } = compile([deny({}, { dry_run: true })]);
    assert.equal(code(), 'OK');
    assert.deepEqual(events, [{ type: 'policy_would_deny', policy: 'd', requestId: 'request-1' }]);
    const lenient = compile([allow({ roles_any: ['boss'] }), allow({}, { id: 'b', dry_run: true })]);
    assert.equal(lenient.code(), 'FORBIDDEN', 'a rehearsed permission permits nothing');
  });

  const holds: [Record<string, unknown>, boolean][] = [
    [{ authenticated: true }, true],
    [{ authenticated: false }, false],
    [{ roles_any: ['x', 'clerk'] }, true],
    [{ roles_all: ['clerk', 'x'] }, false],
    [{ scopes_any: ['write'] }, false],
    [{ scopes_all: ['read'] }, true],
    [{ claims: { tenant: 'shop' } }, true],
    [{ claims: { tenant: ['bank', 'shop'] } }, true],
    [{ claims: { groups: 'b' } }, true],
    [{ claims: { groups: 'c' } }, false],
    [{ claims: { 'constructor.name': 'Object' } }, false],
    [{ claims: { tenant: 'shop', missing: 1 } }, false],
    [{ addresses: ['10.1.2.3', '::1'] }, true],
    [{ addresses: ['2001:db8::/32'] }, false],
    [{ hours: { days: ['mon'], from: '09:00', to: '17:00' } }, true],
    [{ hours: { days: ['tue'] } }, false],
    [{ roles_any: ['clerk'], tiers: ['tin'] }, false],
  ];
  for (const [when, expected] of holds) {
    it(`judge ${JSON.stringify(when)} to be ${expected}`, () => {
      assert.equal(compile([deny(when)]).code(), expected ? 'FORBIDDEN' : 'OK');
    });
  }

  const targets: [Record<string, unknown>, boolean][] = [
    [{ kinds: ['rest'] }, true],
    [{ kinds: ['graphql'] }, false],
    [{ methods: ['GET', 'HEAD'], paths: ['/api/**'] }, true],
    [{ methods: ['POST'] }, false],
    [{ routes: ['orders'] }, true],
    [{ operations: ['Checkout'] }, false],
  ];
  for (const [match, expected] of targets) {
    it(`are about the request where ${JSON.stringify(match)}: ${expected}`, () => {
      assert.equal(compile([deny({}, { match })]).code(), expected ? 'FORBIDDEN' : 'OK');
    });
  }

  it('deny more, never less, with another denial, and allow more, never less, with another permission', () => {
    const condition = fc.constantFrom(
      { roles_any: ['clerk'] },
      { roles_any: ['boss'] },
      { tiers: ['gold'] },
      { authenticated: false },
      {},
    );
    const rule = fc.record({ effect: fc.constantFrom('allow', 'deny'), when: condition, id: fc.uuid() });
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), rule, fc.constantFrom(ada, null), (rules, more, identity) => {
        const before = compile(rules).code(facts({ identity })) === 'OK';
        const after = compile([...rules, more]).code(facts({ identity })) === 'OK';
        if (more.effect === 'deny') assert.ok(before || !after);
        else if (rules.some(({ effect }) => effect === 'allow')) assert.ok(!before || after);
      }),
    );
  });
});

describe('path patterns', () => {
  const cases: [string, string[], string[]][] = [
    ['/a', ['/a'], ['/a/', '/a/b', '/A', '/ab']],
    ['/a/*', ['/a/b'], ['/a', '/a/', '/a/b/c']],
    ['/a/**', ['/a', '/a/', '/a/b/c'], ['/ab', '/b/a']],
    ['/a/*/c/**', ['/a/b/c', '/a/x/c/d'], ['/a/c', '/a/b/d', '/a//c']],
    ['/**', ['/', '/a/b'], []],
  ];
  for (const [pattern, fits, others] of cases) {
    it(pattern, () => {
      const matches = compilePathPattern(pattern);
      for (const path of fits) assert.equal(matches(path), true, path);
      for (const path of others) assert.equal(matches(path), false, path);
    });
  }
});

describe('hours', () => {
  const at = (text: string) => Date.parse(text);

  it('are those of the zone, with its summer time', () => {
    const isWithin = compileHours({ from: '08:00', to: '09:00', timezone: 'Europe/Berlin' });
    assert.equal(isWithin(at('2026-01-05T07:30:00Z')), true);
    assert.equal(isWithin(at('2026-07-05T07:30:00Z')), false);
    assert.equal(isWithin(at('2026-07-05T06:30:00Z')), true);
  });

  it('go over midnight on the day on which they began', () => {
    const isWithin = compileHours({ days: ['fri'], from: '22:00', to: '06:00', timezone: 'UTC' });
    assert.equal(isWithin(at('2026-01-09T23:00:00Z')), true, 'Friday night');
    assert.equal(isWithin(at('2026-01-10T05:59:00Z')), true, 'Saturday morning');
    assert.equal(isWithin(at('2026-01-10T06:00:00Z')), false);
    assert.equal(isWithin(at('2026-01-09T05:00:00Z')), false, 'Friday morning is of Thursday');
  });

  it('are the whole day where no time is given', () => {
    const isWithin = compileHours({ timezone: 'UTC' });
    for (const time of ['00:00', '12:00', '23:59']) assert.equal(isWithin(at(`2026-01-09T${time}:00Z`)), true);
  });
});
