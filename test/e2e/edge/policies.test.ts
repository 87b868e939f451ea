import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AUDIENCE, ISSUER, type Issuer, startIssuer } from '../../../examples/services/issuer.ts';
import { type EdgeGateway, startEdgeGateway } from './edge-gateway.ts';
import { type RecordingServices, startRecordingServices } from './recording-services.ts';

describe('policies on GraphQL requests', { timeout: 60_000 }, () => {
  let services: RecordingServices;
  let issuer: Issuer;
  before(async () => {
    services = await startRecordingServices();
    issuer = await startIssuer();
  });
  after(async () => {
    await services.close();
    await issuer.close(0);
  });

  const token = async (role: string) => `Bearer ${await issuer.issueToken({ subject: 'u1', roles: [role] })}`;
  async function withPolicies(rules: unknown[], use: (gateway: EdgeGateway) => Promise<void>): Promise<void> {
    services.reset();
    const jwt = { issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwksUrl, algorithms: ['ES256'] };
    const gateway = await startEdgeGateway(services, { main: { auth: { jwt, policies: { rules } } } });
    try {
      await use(gateway);
    } finally {
      await gateway.close();
    }
  }
  const staffOnly = { id: 'staff-only', effect: 'allow', when: { roles_any: ['ADMIN'] } };

  it('refuse with 401 who is unknown and with 403 who is known, and ask no upstream', () =>
    withPolicies([staffOnly], async ({ ask, log, count }) => {
      const unknown = await ask('{ hello }');
      assert.equal(unknown.status, 401);
      assert.match(unknown.headers.get('www-authenticate') ?? '', /^Bearer realm="weir"/);
      const known = await ask('{ hello }', { authorization: await token('CUSTOMER') });
      assert.equal(known.status, 403);
      const body = await known.text();
      assert.equal(JSON.parse(body).code, 'FORBIDDEN');
      assert.ok(!body.includes('staff'), 'the id is for the log');
      assert.ok(![...known.headers].join().includes('staff'));
      assert.deepEqual(services.received, []);
      const line = log.find(
        ({ type, requestId }) => type === 'policy_denied' && requestId === known.headers.get('x-request-id'),
      );
      assert.equal(line?.policy, 'staff-only');
      assert.equal(await count('weir_policy_denials_total', { weir_policy: 'staff-only', weir_outcome: 'denied' }), 2);
      const admitted = await ask('{ hello }', { authorization: await token('ADMIN') });
      assert.deepEqual(await admitted.json(), { data: { hello: 'world' } });
    }));

  it('on trial only count', () =>
    withPolicies([{ ...staffOnly, dry_run: true }], async ({ ask, count, log }) => {
      assert.equal((await ask('{ hello }')).status, 200);
      assert.equal(await count('weir_policy_denials_total', { weir_outcome: 'dry_run' }), 1);
      assert.ok(log.some(({ type, policy }) => type === 'policy_would_deny' && policy === 'staff-only'));
    }));

  it('let a denial win, and judge by address, method and path', () =>
    withPolicies(
      [
        { id: 'all', effect: 'allow', match: { paths: ['/graphql'] } },
        {
          id: 'no-get',
          effect: 'deny',
          match: { methods: ['GET'], kinds: ['graphql'] },
          when: { addresses: ['127.0.0.0/8'] },
        },
      ],
      async ({ ask, origin }) => {
        assert.equal((await ask('{ hello }')).status, 200);
        assert.equal((await fetch(`${origin}/graphql?query={hello}`)).status, 401);
      },
    ));

  it('about an operation wait until it is known, however it is written', () =>
    withPolicies(
      [{ id: 'no-report', effect: 'deny', match: { operations: ['Report'] } }],
      async ({ ask, origin, log }) => {
        assert.deepEqual(await (await ask('query Greeting { hello }')).json(), { data: { hello: 'world' } });
        services.reset();
        const two = 'query Greeting { hello } query Report { hello }';
        for (const answer of [
          await ask('query Report { hello }'),
          await ask(two, {}, { operationName: 'Report' }),
          await fetch(`${origin}/graphql?query=${encodeURIComponent('query Report { hello }')}`),
        ]) {
          assert.equal(answer.status, 401);
          assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
          const { errors, data } = (await answer.json()) as { errors: { extensions: unknown }[]; data: unknown };
          assert.deepEqual(
            errors.map(({ extensions }) => extensions),
            [{ code: 'UNAUTHENTICATED' }],
          );
          assert.equal(data, undefined);
        }
        assert.equal((await ask('query Report { hello }', { authorization: await token('ADMIN') })).status, 403);
        assert.equal((await ask(two, {}, { operationName: 'Greeting' })).status, 200);
        assert.equal(services.received.length, 1);
        assert.ok(log.some(({ type, policy }) => type === 'policy_denied' && policy === 'no-report'));
      },
    ));
});
