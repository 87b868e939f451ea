import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { it } from 'node:test';
import fc from 'fast-check';
import { routeCache } from '../../../src/config/schema/route-cache.ts';
import { compileKeys } from '../../../src/proxy/cache/cache-key.ts';
import { RouteCache } from '../../../src/proxy/cache/cache-layer.ts';
import { readDirectives, secondsOf } from '../../../src/proxy/cache/directives.ts';
import { HeldBytes } from '../../../src/proxy/cache/held-bytes.ts';
import { MemoryStore } from '../../../src/proxy/cache/memory-store.ts';
import type { Route } from '../../../src/proxy/route.ts';
import type { Answerer, RouteExchange } from '../../../src/proxy/route-exchange.ts';
import { contextOf } from '../../transport/request-context.ts';
import { VirtualClock } from '../../transport/virtual-clock.ts';

/** What the service says in its body of how the answer came to be. */
interface Made {
  readonly atMs: number;
  readonly control: string;
  readonly user: string | null;
  readonly language: string | null;
  readonly path: string;
}

const START_MS = Date.UTC(2026, 0, 1);
const controls = fc.constantFrom(
  ...[
    'max-age=10',
    'max-age=30, stale-while-revalidate=20',
    'public, max-age=10',
    's-maxage=20',
    'private, max-age=10',
  ],
  ...['no-store', 'no-cache', 'max-age=10, must-revalidate', 'max-age=5, stale-if-error=40', 'max-age=30'],
  ...['max-age=5, stale-while-revalidate=20', 'max-age=20, stale-if-error=20'],
);
const user = fc.constantFrom(null, null, 'ada', 'bob');
const request = fc.record({
  kind: fc.constant('request' as const),
  user,
  language: fc.constantFrom(null, null, 'de'),
  path: fc.constantFrom('/a', '/a', '/b'),
  control: controls,
  status: fc.constantFrom(200, 200, 404, 503),
  varies: fc.boolean(),
  isStream: fc.boolean(),
  hasTag: fc.boolean(),
});
const step = fc.oneof(
  { weight: 8, arbitrary: request },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('write' as const), path: fc.constantFrom('/a', '/b') }) },
);

function exchangeOf(path: string, headers: Record<string, string>): RouteExchange {
  const head = { method: 'GET', path, query: '', headers, peerAddress: '' };
  const scope = {
    ...contextOf({ headers }),
    ...{ head, facts: { route: 'r' }, startedMs: 0, endWithCredential: () => {} },
  };
  return {
    ...{ route: { name: 'r' } as Route, scope, method: 'GET', path, query: '', body: null, parameters: {} },
    headers: Object.entries(headers).flat(),
    incoming: {} as IncomingMessage,
    outgoing: {} as ServerResponse,
  };
}

/** Longest age at which an answer with the directives may be given, seconds. */
function longestAge(control: string, isFailing: boolean): number {
  const directives = readDirectives(control);
  const lifetime = secondsOf(directives, 's-maxage') ?? secondsOf(directives, 'max-age') ?? 0;
  const whileRenewed = secondsOf(directives, 'stale-while-revalidate') ?? 0;
  const ifError = isFailing ? (secondsOf(directives, 'stale-if-error') ?? 0) : 0;
  return lifetime + Math.max(whileRenewed, ifError);
}

it('nothing is given that is older than it may be, that is for another, or that was written to since', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 80, size: 'max' }), async (steps) => {
      const clock = new VirtualClock();
      const epochMs = () => START_MS + clock.now();
      const cache = new RouteCache({
        ...{
          route: 'r',
          definition: routeCache.parse({}),
          maxEntryBytes: 10_000,
          held: new HeldBytes(1e6),
          targets: [],
          tellsStatus: true,
        },
        keys: compileKeys({ query: 'all', headers: [] }, 's', () => 'http://shop'),
        store: new MemoryStore({ maxBytes: 1e6, epochMs }),
        ...{ ownCookies: new Set(), bypassHeaders: [], bypassCookies: [], isToldOfClient: () => false },
        ...{ onEvent: () => {}, clock, epochMs },
      });
      const written = new Map<string, number>();
      for (const each of steps) {
        if (each.kind === 'pass') {
          await clock.pass(each.seconds * 1_000 + 1);
          continue;
        }
        if (each.kind === 'write') {
          await cache.invalidate(exchangeOf(each.path, {}));
          written.set(each.path, epochMs());
          continue;
        }
        const { control, status, varies, path, isStream, hasTag } = each;
        let isAsked = false;
        const service: Answerer = async (inner) => {
          isAsked = true;
          const made: Made = {
            ...{ atMs: epochMs(), control, path },
            user: inner.scope.headers.authorization ?? null,
            language: varies ? (inner.scope.headers['accept-language'] ?? null) : null,
          };
          const body = Buffer.from(JSON.stringify(made));
          return {
            status,
            headers: [
              ...['cache-control', control],
              ...(varies ? ['vary', 'accept-language'] : []),
              ...(hasTag ? ['etag', `"${epochMs()}"`] : []),
            ],
            body: isStream ? Readable.from([body.subarray(0, 5), body.subarray(5)]) : body,
          };
        };
        const headers = {
          ...(each.user !== null && { authorization: each.user }),
          ...(each.language !== null && { 'accept-language': each.language }),
        };
        const answer = await cache.wrap(service)(exchangeOf(path, headers));
        const body = answer.body instanceof Readable ? await buffer(answer.body) : (answer.body as Buffer);
        const given = JSON.parse(body.toString()) as Made;
        await clock.pass(0);
        assert.equal(given.path, path);
        if (given.language !== null) assert.equal(given.language, each.language);
        const said = readDirectives(given.control);
        if (given.user !== each.user && given.user !== null) {
          assert.ok(said.has('public') || said.has('s-maxage') || said.has('must-revalidate'), 'for another');
        }
        const ageS = (epochMs() - given.atMs) / 1_000;
        if (ageS === 0) continue;
        assert.ok(!said.has('private') && !said.has('no-store') && !said.has('no-cache'));
        assert.ok(ageS <= longestAge(given.control, isAsked && status === 503), `${ageS} s old: ${given.control}`);
        assert.ok(given.atMs >= (written.get(path) ?? 0), 'older than a write');
      }
    }),
    { numRuns: 300 },
  );
});
