import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseRoutePath, type RouteSegment } from '../../src/config/route-path.ts';
import { type RouteDefinition, route } from '../../src/config/schema/routes.ts';
import type { RequestHead } from '../../src/edge/edge.ts';
import { RouteIndex } from '../../src/proxy/route-index.ts';

interface TestRoute {
  readonly config: RouteDefinition;
}

const routeOf = (name: string, match: object): TestRoute => ({ config: route.parse({ name, upstream: 'u', match }) });

const indexOf = (matches: Readonly<Record<string, object>>) =>
  new RouteIndex(Object.entries(matches).map(([name, match]) => routeOf(name, match)));

function headOf(request: string, headers: Record<string, string> = {}): RequestHead {
  const [method = '', target = ''] = request.split(' ');
  const [path = '', query = ''] = target.split('?');
  return { method, path, query, headers, peerAddress: '' };
}

/** Routes by name, and the name of the one that each request gets. */
function check(
  matches: Readonly<Record<string, object>>,
  requests: readonly (readonly [string, string | undefined, Record<string, string>?])[],
): void {
  for (const routes of [matches, Object.fromEntries(Object.entries(matches).reverse())]) {
    const index = indexOf(routes);
    for (const [request, name, headers] of requests) {
      assert.equal(index.match(headOf(request, headers))?.config.name, name, request);
    }
  }
}

describe('the route of a request', () => {
  it('is the one with its path, then with a parameter, then with the longest prefix, whatever their order', () => {
    check(
      {
        all: { path: '/**' },
        orders: { path: '/orders/**' },
        order: { path: '/orders/{id}' },
        items: { path: '/orders/{id}/items/**' },
        latest: { path: '/orders/latest' },
      },
      [
        ['GET /orders/latest', 'latest'],
        ['GET /orders/7', 'order'],
        ['GET /orders/7/', 'orders'],
        ['GET /orders/7/items', 'items'],
        ['GET /orders/7/items/1/2', 'items'],
        ['GET /orders', 'orders'],
        ['GET /orders/', 'orders'],
        ['GET /orders/7/other', 'orders'],
        ['GET /ordersx', 'all'],
        ['GET /', 'all'],
      ],
    );
  });

  it('goes back to a less specific path where the more specific one leads nowhere', () => {
    check({ fixed: { path: '/a/b/c' }, other: { path: '/{x}/b/d' }, rest: { path: '/{x}/**' } }, [
      ['GET /a/b/d', 'other'],
      ['GET /a/b/e', 'rest'],
      ['GET /b/b/d', 'other'],
      ['GET /b/b/e', 'rest'],
    ]);
  });

  it('is of an exact host, then of the longest wildcard, then of none', () => {
    check(
      {
        none: { path: '/**' },
        wide: { path: '/**', hosts: ['*.example'] },
        narrow: { path: '/**', hosts: ['*.shop.example'] },
        exact: { path: '/api/**', hosts: ['api.shop.example'] },
      },
      [
        ['GET /api/x', 'exact', { host: 'API.shop.example:8080' }],
        ['GET /api/x', 'exact', { host: 'api.shop.example.' }],
        ['GET /x', 'narrow', { host: 'api.shop.example' }],
        ['GET /x', 'narrow', { host: 'a.b.shop.example' }],
        ['GET /x', 'wide', { host: 'shop.example' }],
        ['GET /x', 'none', { host: 'example' }],
        ['GET /x', 'none', { host: '[::1]:80' }],
        ['GET /x', 'none', {}],
      ],
    );
  });

  it('is found in a time that grows with the length of header and query alone, whatever the expressions are', () => {
    const long = `${'a'.repeat(8_000)}!`;
    const index = indexOf({
      header: { path: '/a', headers: { 'x-a': { regex: '^(a+)+$' } } },
      query: { path: '/a', query: { q: { regex: '^(a|aa)*$' } } },
    });
    const startedMs = performance.now();
    assert.equal(index.match(headOf(`GET /a?q=${long}`, { 'x-a': long })), undefined);
    assert.ok(performance.now() - startedMs < 2_000);
    assert.equal(index.match(headOf('GET /a', { 'x-a': 'aaa' }))?.config.name, 'header');
    assert.equal(index.match(headOf('GET /a?q=aaa'))?.config.name, 'query');
  });

  it('names the method, then has most headers, then most of the query', () => {
    check(
      {
        any: { path: '/a' },
        get: { path: '/a', methods: ['GET'] },
        header: { path: '/a', headers: { 'X-V': '2' } },
        both: { path: '/a', headers: { 'x-v': '2', 'x-b': true } },
        query: { path: '/a', query: { v: '2' } },
        more: { path: '/a', query: { v: '2', w: { regex: '^[a-c]$' } } },
      },
      [
        ['GET /a', 'get', { 'x-v': '2' }],
        ['POST /a', 'any'],
        ['POST /a', 'header', { 'x-v': '2' }],
        ['POST /a', 'both', { 'x-v': '2', 'x-b': '' }],
        ['POST /a?v=2', 'query'],
        ['POST /a?w=b&v=2', 'more'],
        ['POST /a?v=2&w=d', 'query'],
        ['POST /a?v=3&v=2', 'any'],
        ['POST /a?v=2', 'header', { 'x-v': '2' }],
      ],
    );
  });

  it('lets GET answer HEAD, after a route that names HEAD and before a less specific path', () => {
    check({ get: { path: '/a', methods: ['GET'] }, all: { path: '/**' } }, [['HEAD /a', 'get']]);
    check({ get: { path: '/a', methods: ['GET'] }, head: { path: '/a', methods: ['HEAD'] } }, [['HEAD /a', 'head']]);
    check({ any: { path: '/a' }, get: { path: '/a', methods: ['GET'] } }, [['HEAD /a', 'get']]);
    check({ post: { path: '/a', methods: ['POST'] }, all: { path: '/**' } }, [['HEAD /a', 'all']]);
  });

  it('is not there where only the method fails, and the methods that would do are known', () => {
    const index = indexOf({
      get: { path: '/a', methods: ['GET', 'PUT'] },
      post: { path: '/{x}', methods: ['POST'], headers: { 'x-v': false } },
    });
    assert.deepEqual(index.allowedMethods(headOf('DELETE /a')), ['GET', 'HEAD', 'POST', 'PUT']);
    assert.deepEqual(index.allowedMethods(headOf('DELETE /a', { 'x-v': '1' })), ['GET', 'HEAD', 'PUT']);
    assert.deepEqual(index.allowedMethods(headOf('DELETE /a/b')), []);
  });

  it('does not take names of object members for paths', () => {
    check({ a: { path: '/a/**' } }, [
      ['GET /__proto__', undefined],
      ['GET /constructor/x', undefined],
      ['GET /a/__proto__', 'a'],
    ]);
  });

  it('is the one that going through all of them finds', () => {
    const word = fc.constantFrom('a', 'b', 'c');
    const segment = fc.oneof(word, fc.constantFrom('{x}', '{y}', '{z}'));
    const pattern = fc
      .tuple(fc.array(segment, { maxLength: 4 }), fc.constantFrom('', '/**', '/{r*}', '/'))
      .map(([parts, end]) => `/${parts.join('/')}${parts.length === 0 ? end.slice(1) : end}`)
      .filter((text) => typeof parseRoutePath(text) !== 'string');
    const match = fc.record({
      path: pattern,
      hosts: fc.constantFrom(undefined, ['h.example'], ['*.example'], ['*.h.example']),
      methods: fc.constantFrom(undefined, ['GET'], ['POST', 'PUT'], ['HEAD']),
      headers: fc.constantFrom({}, { 'x-a': '1' }, { 'x-a': true, 'x-b': true }),
    });
    const request = fc.record({
      method: fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE'),
      path: fc
        .array(fc.oneof(word, fc.constantFrom('d', ''), word), { maxLength: 5 })
        .map((parts) => `/${parts.join('/')}`),
      host: fc.constantFrom(undefined, 'h.example', 'x.h.example', 'other'),
      headers: fc.constantFrom({}, { 'x-a': '1' }, { 'x-a': '2', 'x-b': '' }),
    });
    fc.assert(
      fc.property(
        fc.array(match, { maxLength: 12 }),
        fc.array(request, { minLength: 1, maxLength: 8 }),
        (matches, asked) => {
          const routes = matches.map(({ hosts, methods, ...rest }, n) =>
            routeOf(`r${n}`, { ...rest, ...(hosts && { hosts }), ...(methods && { methods }) }),
          );
          const index = new RouteIndex(routes);
          for (const { method, path, host, headers } of asked) {
            const all = { ...headers, ...(host && { host }) } as Record<string, string>;
            const head = { method, path, query: '', headers: all, peerAddress: '' };
            assert.equal(index.match(head)?.config.name, findSlowly(routes, head)?.config.name);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** The same rules, told in the plainest way: all that fit, sorted. */
function findSlowly(routes: readonly TestRoute[], head: RequestHead): TestRoute | undefined {
  const ranked = routes.flatMap((each, order) => {
    const { hosts, path, methods, headers } = each.config.match;
    const host = head.headers.host ?? '';
    const hostRank = hosts === undefined ? 0 : rankOfHost(hosts[0] as string, host);
    const pathRank = rankOfPath(parseRoutePath(path) as readonly RouteSegment[], head.path);
    const methodRank =
      methods === undefined
        ? 0
        : methods.includes(head.method)
          ? 2
          : head.method === 'HEAD' && methods.includes('GET')
            ? 1
            : -1;
    const fits = Object.entries(headers).every(([name, wanted]) =>
      wanted === true ? head.headers[name] !== undefined : head.headers[name] === wanted,
    );
    if (hostRank < 0 || pathRank === undefined || methodRank < 0 || !fits) return [];
    const count = String(Object.keys(headers).length);
    return [
      {
        each,
        key: [String(hostRank).padStart(3, '0'), pathRank, String(methodRank), count, String(999 - order)].join(' '),
      },
    ];
  });
  return ranked.sort((a, b) => (a.key < b.key ? 1 : -1))[0]?.each;
}

function rankOfHost(pattern: string, host: string): number {
  if (!pattern.startsWith('*')) return pattern === host ? 200 : -1;
  return host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1 ? pattern.length : -1;
}

/** A text that is greater for a more specific pattern: segment by segment, the end of the path before text, parameter and rest. */
function rankOfPath(segments: readonly RouteSegment[], path: string): string | undefined {
  const parts = path.slice(1).split('/');
  let rank = '';
  for (const [at, segment] of segments.entries()) {
    const part = parts[at];
    if (segment.kind === 'rest') return `${rank}1`;
    if (part === undefined || (segment.kind === 'literal' ? part !== segment.text : part === '')) return undefined;
    rank += segment.kind === 'literal' ? '3' : '2';
  }
  return parts.length === segments.length ? `${rank}4` : undefined;
}
