import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { buildExecutableSchema, type Resolvers } from '../../examples/services/executable-schema.ts';
import { AUDIENCE, ISSUER, startIssuer } from '../../examples/services/issuer.ts';
import { listen } from '../../examples/services/listen.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { LINK } from './compose-schema.ts';

export interface Behind {
  readonly sdl: string;
  readonly resolvers: Resolvers<unknown>;
}

export interface Served {
  readonly origin: string;
  /** The gateway without its listener. */
  readonly fetch: Gateway['fetch'];
  /** Operations that upstreams were asked for, since the last `ask`. */
  readonly received: readonly string[];
  /** What the gateway logged. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** @param scopes of the client; `null`, the default: it is anonymous. */
  ask(query: string, options?: AskOptions): Promise<Asked>;
  metrics(): Promise<string>;
  close(): Promise<void>;
}

/** Sections of gateway.yaml; `plugins` by file name, with their text. */
export interface Sections {
  readonly graphql?: object;
  readonly auth?: object;
  readonly compression?: object;
  readonly server?: object;
  readonly browsers?: object;
  readonly rate_limit?: object;
  readonly plugins?: Readonly<Record<string, string>>;
}

interface AskOptions {
  readonly scopes?: readonly string[] | null;
  readonly variables?: Readonly<Record<string, unknown>>;
}

interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: unknown;
      readonly extensions?: Readonly<Record<string, unknown>>;
    }[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  };
}

/** A gateway before GraphQL services, on a free port, with an issuer of tokens. */
export async function serveGateway(services: Readonly<Record<string, Behind>>, sections: Sections): Promise<Served> {
  const received: string[] = [];
  const log: Record<string, unknown>[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'weir-graphql-'));
  const issuer = await startIssuer();
  const running = await Promise.all(
    Object.entries(services).map(async ([name, { sdl, resolvers }]) => {
      const yoga = createYoga({
        schema: buildExecutableSchema(parse(LINK + sdl), resolvers),
        logging: false,
        plugins: [{ onParams: ({ params }) => void received.push(params.query ?? '') }],
      });
      const service = await listen((request, response) => void yoga(request, response), { path: '/graphql' });
      await writeFile(join(folder, `${name}.graphql`), LINK + sdl);
      const upstream = { kind: 'graphql', url: service.url, schema: `${name}.graphql`, federation: true };
      await writeFile(join(folder, `${name}.json`), JSON.stringify(upstream));
      return service;
    }),
  );
  for (const [name, text] of Object.entries(sections.plugins ?? {})) await writeFile(join(folder, name), text);
  const main = {
    server: sections.server ?? { port: 0 },
    compression: sections.compression ?? {},
    browsers: sections.browsers ?? {},
    upstreams: Object.keys(services).map((name) => `${name}.json`),
    graphql: sections.graphql ?? {},
    rate_limit: sections.rate_limit ?? {},
    auth: {
      jwt: { issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwksUrl, algorithms: ['ES256'] },
      ...sections.auth,
    },
    plugins: Object.keys(sections.plugins ?? {}).map((name) => `./${name}`),
  };
  await writeFile(join(folder, 'gateway.json'), JSON.stringify(main));
  const { config, errors } = await readConfig({ file: join(folder, 'gateway.json'), env: {} });
  if (config === undefined) throw new Error(JSON.stringify(errors));
  const gateway = await createGateway(config, { logDestination: { write: (line) => void log.push(JSON.parse(line)) } });
  const origin = await gateway.listen();
  return {
    origin,
    fetch: gateway.fetch,
    received,
    log,
    async ask(query, { scopes = null, variables } = {}) {
      received.length = 0;
      const token = scopes === null ? undefined : await issuer.issueToken({ subject: 'ada', scopes });
      const response = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query, variables }),
      });
      const { status, headers } = response;
      return { status, headers, body: (await response.json()) as Asked['body'] };
    },
    metrics: async () => (await fetch(`${origin}/metrics`)).text(),
    async close() {
      await gateway.close();
      await Promise.all([...running, issuer].map((service) => service.close(0)));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
