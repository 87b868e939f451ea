import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { RestUpstreamConfig } from '../../../src/config/config.ts';
import type { RequestContext } from '../../../src/edge/request-context.ts';
import { WeirError } from '../../../src/errors.ts';
import { createRestSubgraph, type RestSubgraphOptions } from '../../../src/subgraphs/rest/create-rest-subgraph.ts';
import type { Subgraph, SubgraphResult } from '../../../src/subgraphs/subgraph.ts';
import { operationOfText } from '../../../src/subgraphs/subgraph-operation.ts';
import type { Upstream } from '../../../src/transport/upstream.ts';

/** What a service was asked: `GET /users/1`, and the rest of it. */
export interface Recorded {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A REST service on a free port that records what it is asked, and the subgraph that an SDL makes of it. */
export class RestService implements AsyncDisposable {
  readonly requests: Recorded[] = [];
  readonly url: string;
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async start(answer: (request: Recorded) => Reply | undefined): Promise<RestService> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const recorded = {
        line: `${request.method} ${request.url}`,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      service.requests.push(recorded);
      const { status = 200, body, headers = {} } = answer(recorded) ?? { status: 404, body: { error: 'not found' } };
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
    const service = new RestService(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, async () => {
      server.closeAllConnections();
      await close();
    });
    return service;
  }

  get lines(): string[] {
    return this.requests.map(({ line }) => line);
  }

  subgraph(sdl: string, options: RestSubgraphOptions & { readonly path?: string } = {}): Subgraph {
    const config = restConfig(this.url + (options.path ?? ''));
    const outcome = createRestSubgraph(config, sdl, fetchUpstream(config.endpoints[0]?.url ?? ''), options);
    if (!outcome.ok) throw new Error(outcome.problems.map((problem) => JSON.stringify(problem)).join('\n'));
    return outcome.value;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

export function restConfig(url: string): RestUpstreamConfig {
  return {
    name: 'shop',
    kind: 'rest',
    schema: 'shop.graphql',
    endpoints: [{ url, weight: 1 }],
  } as unknown as RestUpstreamConfig;
}

/** The least that the contract of a transport asks for. */
export function fetchUpstream(url: string): Upstream {
  return {
    name: 'shop',
    async send({ method, path, headers, body }) {
      try {
        const init = { method, headers, ...(body === undefined ? {} : { body }) };
        const response = await fetch(url.replace(/\/$/, '') + path, init);
        return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
      } catch (cause) {
        throw new WeirError('UPSTREAM_UNAVAILABLE', `Cannot reach ${url}`, { upstream: 'shop', cause });
      }
    },
    stream: unsupported,
    upgrade: unsupported,
    close: () => Promise.resolve(),
  };
}

async function unsupported(): Promise<never> {
  throw new Error('Connectors only send');
}

export function requestContext(headers: Record<string, string> = {}): RequestContext {
  return {
    requestId: 'request-1',
    headers,
    clientAddress: '127.0.0.1',
    identity: { subject: 'ada', kind: 'jwt', scopes: ['a'], roles: [], claims: {} },
    signal: new AbortController().signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    traceContext: ROOT_CONTEXT,
    scoped: new Map(),
  };
}

/** Runs an operation; the result is plain data, errors without their causes. */
export async function run(
  subgraph: Subgraph,
  text: string,
  variables?: Record<string, unknown>,
  context: RequestContext = requestContext(),
): Promise<SubgraphResult> {
  const kind = text.trimStart().startsWith('mutation') ? 'mutation' : 'query';
  const operation = operationOfText(kind, undefined, text);
  const { data, errors } = await subgraph.execute({ operation, variables, context });
  const plain = errors?.map(({ message, path, extensions }) => ({ message, path, extensions }));
  return JSON.parse(JSON.stringify({ data, errors: plain })) as SubgraphResult;
}
