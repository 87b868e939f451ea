/**
 * `npm run bench -- routes`: the CPU time to find the route of a request among 10 to 10,000 routes: exact paths, templates, prefixes and
 * hosts, a quarter each. It must depend on the request and not on the number of routes; every answer is checked. Then what the
 * conditions of a route add: a value, and a regular expression that fits or does not.
 */
import { route } from '../../src/config/schema/routes.ts';
import type { RequestHead } from '../../src/edge/edge.ts';
import { RouteIndex } from '../../src/proxy/route-index.ts';

const SIZES = [10, 100, 1_000, 10_000];
const MATCHES = 400_000;

type Kind = (n: number) => { readonly match: object; readonly path: string; readonly host: string };

const KINDS: readonly Kind[] = [
  (n) => ({ match: { path: `/exact/${n}/items` }, path: `/exact/${n}/items`, host: 'shop.example' }),
  (n) => ({
    match: { path: `/users-${n}/{id}/orders/{order}` },
    path: `/users-${n}/7/orders/12`,
    host: 'shop.example',
  }),
  (n) => ({ match: { path: `/prefix/${n}/**` }, path: `/prefix/${n}/a/b/c`, host: 'shop.example' }),
  (n) => ({
    match: { hosts: [`tenant-${n}.shop.example`], path: '/api/{id}', methods: ['GET'] },
    path: '/api/7',
    host: `tenant-${n}.shop.example:4000`,
  }),
];

const rows: Record<string, object> = {};
for (const size of SIZES) {
  const made = Array.from({ length: size }, (_, n) => (KINDS[n % KINDS.length] as Kind)(n));
  const routes = made.map(({ match }, n) => ({ config: route.parse({ name: `r${n}`, upstream: 'u', match }) }));
  const startedMs = performance.now();
  const index = new RouteIndex(routes);
  const buildMs = performance.now() - startedMs;
  const heads = made.map(
    ({ path, host }): RequestHead => ({ method: 'GET', path, query: '', headers: { host }, peerAddress: '' }),
  );
  const miss: RequestHead = { ...(heads[0] as RequestHead), path: '/nothing/is/here' };
  const measure = (headAt: (n: number) => RequestHead, expected: (n: number) => unknown): number => {
    const begin = process.cpuUsage();
    for (let n = 0; n < MATCHES; n += 1) {
      // A prime step: neighbours in the list are not neighbours in time.
      if (index.match(headAt(n)) !== expected(n)) throw new Error(`Request ${n} got another route`);
    }
    const { user, system } = process.cpuUsage(begin);
    return ((user + system) * 1_000) / MATCHES;
  };
  const at = (n: number) => (n * 7_919) % size;
  const hit = () =>
    measure(
      (n) => heads[at(n)] as RequestHead,
      (n) => routes[at(n)],
    );
  const none = () =>
    measure(
      () => miss,
      () => undefined,
    );
  hit();
  none();
  rows[`${size} routes`] = {
    'ns per match': Math.round(hit()),
    'ns per miss': Math.round(none()),
    'ms to build': buildMs.toFixed(1),
  };
}
console.table(rows);

const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';
const CONDITIONS: Readonly<Record<string, { readonly match: object; readonly fits: boolean }>> = {
  none: { match: {}, fits: true },
  'a value of a header': { match: { headers: { 'x-version': '2' } }, fits: true },
  'an expression of a header': { match: { headers: { 'x-client': { regex: '^ios/' } } }, fits: true },
  'an expression that reads all of a long header': {
    match: { headers: { 'user-agent': { regex: 'Edg/|OPR/' } } },
    fits: false,
  },
  'a value of the query': { match: { query: { v: '2' } }, fits: true },
  'an expression of the query': { match: { query: { v: { regex: '^\\d+$' } } }, fits: true },
};
const ofConditions: Record<string, object> = {};
for (const [what, { match, fits }] of Object.entries(CONDITIONS)) {
  const only = { config: route.parse({ name: 'only', upstream: 'u', match: { path: '/a', ...match } }) };
  const index = new RouteIndex([only]);
  const headers = { host: 'shop.example', 'x-version': '2', 'x-client': 'ios/17.2', 'user-agent': USER_AGENT };
  const head: RequestHead = { method: 'GET', path: '/a', query: 'v=2&w=3', headers, peerAddress: '' };
  const measure = (): number => {
    const begin = process.cpuUsage();
    for (let n = 0; n < MATCHES; n += 1) {
      if ((index.match(head) === only) !== fits) throw new Error(`With ${what}, the request got another answer`);
    }
    const { user, system } = process.cpuUsage(begin);
    return ((user + system) * 1_000) / MATCHES;
  };
  measure();
  ofConditions[what] = { 'ns per match': Math.round(measure()) };
}
console.table(ofConditions);
