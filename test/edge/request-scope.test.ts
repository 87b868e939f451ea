import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Identity } from '../../src/edge/request-context.ts';
import type { RequestScope } from '../../src/edge/request-scope.ts';
import { WeirError } from '../../src/errors.ts';
import { defineEdge, headOf } from './edge-definition.ts';
import { openScope } from './open-scope.ts';

const START_MS = Date.parse('2026-01-05T10:00:00Z');
const DAY_MS = 86_400_000;

describe('what a request owns', () => {
  function open(t: TestContext, identity: Identity | null): RequestScope {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: START_MS });
    const { scope } = openScope(t, defineEdge(), headOf({}));
    scope.identity = identity;
    return scope;
  }
  const endingIn = (ms: number): Identity => ({
    ...{ subject: 'ada', kind: 'jwt', scopes: [], roles: [], claims: {} },
    expiresAtMs: START_MS + ms,
  });

  it('ends at its deadline', (t) => {
    const scope = open(t, null);
    t.mock.timers.tick(29_000);
    assert.equal(scope.signal.aborted, false);
    t.mock.timers.tick(1_000);
    assert.equal((scope.signal.reason as WeirError).code, 'DEADLINE_EXCEEDED');
  });

  it('goes on for as long as the credential where it is long', (t) => {
    const scope = open(t, endingIn(60 * DAY_MS));
    assert.equal(scope.expiresAtMs, START_MS + 60 * DAY_MS);
    scope.endWithCredential();
    assert.equal(scope.deadlineMs, Number.POSITIVE_INFINITY);
    // Longer than a timer can wait.
    for (let day = 0; day < 59; day += 1) t.mock.timers.tick(DAY_MS);
    t.mock.timers.tick(DAY_MS - 1);
    assert.equal(scope.signal.aborted, false);
    t.mock.timers.tick(1);
    const { reason } = scope.signal;
    assert.ok(reason instanceof WeirError);
    assert.equal(reason.code, 'UNAUTHENTICATED');
  });

  it('ends at once where the credential has ended meanwhile', (t) => {
    const scope = open(t, endingIn(-1));
    scope.endWithCredential();
    assert.equal((scope.signal.reason as WeirError).code, 'UNAUTHENTICATED');
  });

  it('goes on without end where the credential has none', (t) => {
    const scope = open(t, null);
    scope.endWithCredential();
    t.mock.timers.tick(365 * DAY_MS);
    assert.equal(scope.signal.aborted, false);
  });

  it('leaves nothing behind', (t) => {
    const scope = open(t, endingIn(1_000));
    scope.endWithCredential();
    scope.end(200);
    t.mock.timers.tick(DAY_MS);
    assert.equal(scope.signal.aborted, false);
  });
});
