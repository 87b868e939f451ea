import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { buildExecutableSchema } from '../../../examples/services/executable-schema.ts';
import { listen, type Service } from '../../../examples/services/listen.ts';

export const GRAPHQL_SDL = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective", "@cost"])
    @link(url: "https://specs.test.example/limits/v1.0", import: ["@rateLimit"])
    @composeDirective(name: "@rateLimit")
  directive @rateLimit(max: Int, window: String) on FIELD_DEFINITION
  type Query {
    hello: String
    dear: String @cost(weight: 4)
    users(ids: [ID!]!): [String!]!
    rare: String @rateLimit(max: 1, window: "1h")
  }
  type Mutation {
    greet(name: String!): String
  }`;
export const REST_SDL = `
  extend schema @link(url: "https://specs.apollo.dev/connect/v0.1", import: ["@connect"])
  type Query {
    stock(id: ID!): Int @connect(http: { GET: "/stock/{$args.id}" }, selection: "$.count")
  }`;

const RESOLVERS = {
  Query: {
    hello: () => 'world',
    dear: () => 'and slow',
    users: (_: unknown, { ids }: { ids: readonly string[] }) => ids.map((id) => `user ${id}`),
    rare: () => 'once',
  },
  Mutation: { greet: (_: unknown, { name }: { name: string }) => `Hello, ${name}` },
};

/** A GraphQL and a REST service that remember the headers of what they were asked. */
export interface RecordingServices {
  readonly graphql: Service;
  readonly rest: Service;
  /** Headers of all requests since the last reset, of both services. */
  readonly received: IncomingHttpHeaders[];
  /** Names as they came, of the same requests. */
  readonly rawNames: string[][];
  /** What the REST service answers; default: 200. */
  restStatus: (headers: IncomingHttpHeaders) => number;
  reset(): void;
  close(): Promise<void>;
}

export async function startRecordingServices(): Promise<RecordingServices> {
  const received: IncomingHttpHeaders[] = [];
  const rawNames: string[][] = [];
  const yoga = createYoga({ schema: buildExecutableSchema(parse(GRAPHQL_SDL), RESOLVERS), logging: false });
  const graphql = await listen(
    (request, response) => {
      received.push(request.headers);
      rawNames.push(request.rawHeaders.filter((_, index) => index % 2 === 0));
      void yoga(request, response);
    },
    { path: '/graphql' },
  );
  const rest = await listen((request, response) => {
    received.push(request.headers);
    rawNames.push(request.rawHeaders.filter((_, index) => index % 2 === 0));
    response.writeHead(services.restStatus(request.headers), { 'content-type': 'application/json' });
    response.end('{"count":3}');
  }, {});
  const services: RecordingServices = {
    graphql,
    rest,
    received,
    rawNames,
    restStatus: () => 200,
    reset() {
      received.length = 0;
      rawNames.length = 0;
    },
    async close() {
      await graphql.close(0);
      await rest.close(0);
    },
  };
  return services;
}
