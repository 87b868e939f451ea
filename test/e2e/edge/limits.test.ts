import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AUDIENCE, ISSUER, type Issuer, startIssuer } from '../../../examples/services/issuer.ts';
import { type EdgeGateway, startEdgeGateway } from './edge-gateway.ts';
import { type RecordingServices, startRecordingServices } from './recording-services.ts';

describe('limits of GraphQL requests', { timeout: 60_000 }, () => {
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

  const signedIn = async (subject: string) => ({ authorization: `Bearer ${await issuer.issueToken({ subject })}` });
  async function withLimits(
    limits: readonly object[],
    use: (gateway: EdgeGateway) => Promise<void>,
    auth: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    services.reset();
    const jwt = { issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwksUrl, algorithms: ['ES256'] };
    const main = { auth: { jwt, ...auth }, rate_limit: { limits } };
    const gateway = await startEdgeGateway(services, { main });
    try {
      await use(gateway);
    } finally {
      await gateway.close();
    }
  }
  const limit = (more: object = {}) => ({ name: 'per-address', max: 5, window: '1h', ...more });
  const statuses = async (answers: readonly Promise<Response>[]) => {
    const each = await Promise.all(answers);
    await Promise.all(each.map((answer) => answer.text()));
    return each.map(({ status }) => status).sort();
  };

  it('tell how they stand, warn above 80 %, and refuse with the time to come again', () =>
    withLimits([limit(), limit({ name: 'hidden', max: 3, expose: false, dry_run: true })], async ({ ask, count }) => {
      const seen: (string | null)[][] = [];
      for (let i = 0; i < 6; i += 1) {
        const answer = await ask('{ hello }');
        const read = (name: string) => answer.headers.get(name);
        seen.push([String(answer.status), read('x-ratelimit-remaining'), read('x-ratelimit-warning')]);
        assert.equal(read('ratelimit-policy'), '"per-address";q=5;w=3600');
        assert.match(read('ratelimit') ?? '', /^"per-address";r=\d;t=\d+$/);
        if (answer.status !== 429) continue;
        assert.ok(Number(read('retry-after')) >= Number(read('x-ratelimit-reset')));
        assert.deepEqual(((await answer.json()) as Record<string, unknown>)['violated-policies'], ['per-address']);
      }
      assert.deepEqual(seen, [
        ['200', '4', null],
        ['200', '3', null],
        ['200', '2', null],
        ['200', '1', null],
        ['200', '0', 'policy="per-address"; used=5; limit=5'],
        ['429', '0', 'policy="per-address"; used=5; limit=5'],
      ]);
      assert.equal(services.received.length, 5);
      const exceeded = (limit: string) => count('weir_limit_exceeded_total', { weir_limit: limit });
      assert.deepEqual([await exceeded('per-address'), await exceeded('hidden')], [1, 3]);
    }));

  it('by operation name are taken when it is known, with all others in one step', () =>
    withLimits(
      [
        limit({ name: 'report', max: 2, match: { operations: ['Report'] } }),
        limit({ name: 'all', max: 3, by: 'global' }),
      ],
      async ({ ask }) => {
        const report = () => ask('query Report { hello }');
        for (let i = 0; i < 2; i += 1) {
          const answer = await report();
          assert.equal(answer.headers.get('ratelimit-policy'), '"report";q=2;w=3600, "all";q=3;w=3600');
          assert.equal(answer.status, 200);
        }
        const refused = await report();
        assert.equal(refused.status, 429);
        assert.ok(Number(refused.headers.get('retry-after')) > 0);
        const { errors } = (await refused.json()) as { errors: { extensions: unknown }[] };
        assert.deepEqual(errors[0]?.extensions, { code: 'RATE_LIMITED', 'violated-policies': ['report'] });
        // The refused one took nothing of the other limit.
        const other = await ask('{ hello }');
        assert.deepEqual([other.status, other.headers.get('x-ratelimit-remaining')], [200, '0']);
        assert.equal((await ask('{ hello }')).status, 429);
        assert.equal(services.received.length, 3);
      },
    ));

  it('count requests without an operation too', () =>
    withLimits([limit({ by: ['address', 'operation'], max: 3 })], async ({ ask, origin }) => {
      assert.equal((await ask('{ nonsense')).headers.get('x-ratelimit-remaining'), '2');
      assert.equal((await ask('{ unknownField }')).headers.get('x-ratelimit-remaining'), '1');
      const page = await fetch(`${origin}/graphql`, { headers: { accept: 'text/html' } });
      assert.deepEqual([page.status, page.headers.get('x-ratelimit-remaining')], [200, '0']);
      await page.text();
      const last = await ask('{ nonsense');
      assert.equal(last.status, 429);
      assert.ok(Number(last.headers.get('retry-after')) > 0);
      const { errors } = (await last.json()) as { errors: { extensions: unknown }[] };
      assert.deepEqual(errors[0]?.extensions, { code: 'RATE_LIMITED', 'violated-policies': ['per-address'] });
    }));

  it('can cost the length of a list that a client gives', () =>
    withLimits([limit({ max: 10, cost: { list_size: 'Query.users(ids:)' } })], async ({ ask }) => {
      const remaining = async (query: string, variables?: object) => {
        const answer = await ask(query, {}, { variables });
        return [answer.status, Number(answer.headers.get('x-ratelimit-remaining'))];
      };
      assert.deepEqual(await remaining('{ users(ids: ["1", "2", "3"]) }'), [200, 7]);
      assert.deepEqual(await remaining('query ($ids: [ID!]!) { users(ids: $ids) }', { ids: ['1', '2'] }), [200, 5]);
      assert.deepEqual(await remaining('{ a: users(ids: ["1", "2"]) b: users(ids: "3") }'), [200, 2]);
      assert.deepEqual(await remaining('{ users(ids: ["1", "2", "3"]) }'), [429, 2]);
      assert.deepEqual(await remaining('{ hello }'), [200, 1]);
    }));

  it('can cost what the operation is estimated to', () =>
    withLimits([limit({ max: 10, cost: 'operation' })], async ({ ask }) => {
      const remaining = async (query: string) => {
        const answer = await ask(query);
        return [answer.status, Number(answer.headers.get('x-ratelimit-remaining'))];
      };
      assert.deepEqual(await remaining('{ dear }'), [200, 6]);
      assert.deepEqual(await remaining('{ hello }'), [200, 5]);
      assert.deepEqual(await remaining('{ one: dear two: dear }'), [429, 5]);
      assert.deepEqual(await remaining('{ dear }'), [200, 1]);
    }));

  it('hold for requests that come at once', () =>
    withLimits(
      [limit({ name: 'user', by: 'user', max: 10 }), limit({ name: 'all', by: 'global', max: 15 })],
      async ({ ask }) => {
        const [ada, bob] = [await signedIn('ada'), await signedIn('bob')];
        // Queries that are alike share an upstream request; each mutation is sent.
        const greet = (who: typeof ada) => ask('mutation { greet(name: "you") }', who);
        const found = await statuses(Array.from({ length: 40 }, (_, i) => greet(i % 2 === 0 ? ada : bob)));
        assert.equal(found.filter((status) => status === 200).length, 15);
        assert.equal(services.received.length, 15);
      },
    ));

  it('bound how often a credential may be guessed, and spare the limits that all share', () =>
    withLimits(
      [limit({ max: 3 }), limit({ name: 'user', by: 'user', max: 100 }), limit({ name: 'all', by: 'global', max: 4 })],
      async ({ ask }) => {
        const guesses: number[] = [];
        for (let i = 0; i < 5; i += 1) {
          const answer = await ask('{ hello }', { authorization: `Bearer guess-${i}` });
          guesses.push(answer.status);
          assert.ok(answer.headers.get('x-ratelimit-limit') !== null);
        }
        assert.deepEqual(guesses, [401, 401, 401, 429, 429]);
        assert.equal(
          (await ask('{ hello }', await signedIn('ada'))).status,
          429,
          'a right guess is not told from a wrong one',
        );
        assert.deepEqual(services.received, []);
      },
    ));

  it('let those who may not take nothing from those who may', () =>
    withLimits(
      [limit({ name: 'all', by: 'global', max: 2 })],
      async ({ ask }) => {
        for (let i = 0; i < 5; i += 1) assert.equal((await ask('{ hello }')).status, 401);
        assert.equal((await ask('{ hello }', await signedIn('ada'))).status, 200);
      },
      { optional: false },
    ));

  it('of fields stand in headers and in extensions', () =>
    withLimits([], async ({ ask }) => {
      const first = await ask('{ rare hello }');
      assert.equal(first.headers.get('x-ratelimit-remaining'), '0');
      assert.equal(first.headers.get('ratelimit-policy'), '"Query.rare";q=1;w=3600');
      const { extensions } = (await first.json()) as { extensions: { rateLimit: Record<string, unknown>[] } };
      const [standing] = extensions.rateLimit;
      assert.deepEqual(
        { ...standing, reset: 0 },
        { field: 'Query.rare', limit: 1, remaining: 0, reset: 0, warning: true },
      );
      assert.ok(Number(standing?.reset) > 3_500);
      const second = await ask('{ rare hello }');
      assert.equal(second.status, 429);
      assert.ok(Number(second.headers.get('retry-after')) > 3_500);
      const refused = (await second.json()) as { errors: { extensions: { code: string } }[]; extensions: unknown };
      assert.equal(refused.errors[0]?.extensions.code, 'RATE_LIMITED');
      assert.ok(refused.extensions !== undefined);
      const plain = await ask('{ hello }');
      assert.deepEqual(await plain.json(), { data: { hello: 'world' } });
      assert.equal(plain.headers.get('x-ratelimit-limit'), null);
    }));
});
