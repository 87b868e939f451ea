import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** One request as a REST operation sees it. */
export interface RestCall {
  /** Values of `{name}` in the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed JSON body; `undefined`: none. */
  readonly body: unknown;
}

export interface RestAnswer {
  /** Default 200. */
  status?: number;
  /** Sent as JSON; `undefined`: no body. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** By method and path template: `GET /products/{id}`; the first that fits is taken. */
export type RestRoutes = Readonly<Record<string, (call: RestCall) => RestAnswer>>;

/** A failure that the client is told as a problem (RFC 9457). */
export class Problem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Serves JSON by `routes`. A GET gets an ETag and `Cache-Control`, and is answered 304 where the client has it. */
export function createRestHandler(routes: RestRoutes, { maxAgeS }: { maxAgeS: number }): RequestListener {
  const compiled = Object.entries(routes).map(([route, answer]) => {
    const [method, path] = route.split(' ') as [string, string];
    const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    return { method, pattern, answer };
  });

  return async (request, response) => {
    try {
      const url = new URL(request.url ?? '/', 'http://rest');
      const fitting = compiled.filter(({ pattern }) => pattern.test(url.pathname));
      if (fitting.length === 0) throw new Problem(404, `There is nothing at ${url.pathname}`);
      const route = fitting.find(({ method }) => method === request.method);
      if (route === undefined) throw new Problem(405, `${url.pathname} does not take ${request.method}`);
      const params = Object.entries(route.pattern.exec(url.pathname)?.groups ?? {});
      const answer = route.answer({
        params: Object.fromEntries(params.map(([name, value]) => [name, decodeURIComponent(value)])),
        query: url.searchParams,
        body: await readJson(request),
      });
      send(request, response, answer, maxAgeS);
    } catch (error) {
      const status = error instanceof Problem ? error.status : 500;
      const title = error instanceof Problem ? error.message : 'The service failed';
      response.writeHead(status, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ type: 'about:blank', title, status }));
    }
  };
}

function send(request: IncomingMessage, response: ServerResponse, answer: RestAnswer, maxAgeS: number): void {
  const { status = 200, body, headers = {} } = answer;
  const text = body === undefined ? '' : JSON.stringify(body);
  const all: Record<string, string> = text === '' ? headers : { 'content-type': 'application/json', ...headers };
  if (request.method === 'GET' && status === 200) {
    all.etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
    all['cache-control'] = `max-age=${maxAgeS}`;
    if (request.headers['if-none-match']?.split(/\s*,\s*/).includes(all.etag)) {
      response.writeHead(304, all).end();
      return;
    }
  }
  response.writeHead(status, all).end(text);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (chunks.length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Problem(400, 'The body is not JSON');
  }
}
