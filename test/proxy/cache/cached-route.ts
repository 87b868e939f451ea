import http from 'node:http';
import type { TestContext } from 'node:test';
import { type RecordingServer, startServer } from '../../transport/recording-server.ts';
import { type RouteGateway, startRouteGateway } from '../route-gateway.ts';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Sends with Node's client, which adds nothing. */
export function ask(
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: http.OutgoingHttpHeaders; body?: string } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = http.request(url, { agent: false, method, headers }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
    response.on('end', () => {
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks).toString(),
      });
    });
  });
  request.on('error', reject).end(body);
  return promise;
}

/** A gateway with a cached route `/**` before a service that answers `answers 1`, `answers 2` and so on. */
export interface CachedRoute {
  readonly gateway: RouteGateway;
  readonly service: RecordingServer;
  /** Path and query to the answer. */
  get(path: string, headers?: http.OutgoingHttpHeaders): Promise<Answer>;
}

export interface CachedRouteOptions {
  /** `cache:` of the route. */
  readonly cache?: unknown;
  readonly route?: Record<string, unknown>;
  readonly routes?: readonly Record<string, unknown>[];
  readonly sections?: Readonly<Record<string, unknown>>;
  /** Keys of the upstream, by the URL of the service. */
  readonly upstream?: (url: string) => Record<string, unknown>;
}

export async function startCachedRoute(
  t: TestContext,
  answer: http.RequestListener,
  options: CachedRouteOptions = {},
): Promise<CachedRoute> {
  const { cache = true, route = {}, routes = [], sections, upstream = (url: string) => ({ url }) } = options;
  const service = await startServer(t, answer);
  const gateway = await startRouteGateway(t, {
    routes: [{ name: 'all', match: { path: '/**' }, upstream: 'service', cache, ...route }, ...routes],
    upstreams: { service: { retry: false, ...upstream(service.url) } },
    ...(sections !== undefined && { sections }),
  });
  return { gateway, service, get: (path, headers = {}) => ask(`${gateway.url}${path}`, { headers }) };
}

/** Answers with the headers and the number of the answer. */
export function numbered(headers: http.OutgoingHttpHeaders, status = 200): http.RequestListener {
  let count = 0;
  return (_, response) => {
    count += 1;
    response.writeHead(status, headers).end(`answer ${count}`);
  };
}

/** Looks until it holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error('It did not come to hold');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Waits until so many requests of clients are under way. */
export function untilActive({ url }: RouteGateway, count: number): Promise<void> {
  return until(async () => {
    const { body } = await ask(`${url}/metrics`);
    // The question itself is one.
    return body.includes(`http_server_active_requests ${count + 1}\n`);
  });
}
