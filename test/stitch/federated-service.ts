import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  buildASTSchema,
  execute,
  extendSchema,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
  Kind,
  parse,
  subscribe,
  validate,
  visit,
} from 'graphql';
import type { Subgraph, SubgraphRequest, SubgraphResult } from '../../src/subgraphs/subgraph.ts';

type Resolver = GraphQLFieldResolver<never, unknown> | { readonly subscribe: () => AsyncIterable<unknown> };
/** By type and field; `__resolveReference` of a type takes a representation. */
export type Resolvers = Readonly<
  Record<string, Readonly<Record<string, Resolver | ((representation: never) => unknown)>>>
>;

/** A federation subgraph as its owner would run it: an executable schema with `_entities`. */
export function buildService(sdl: string, resolvers: Resolvers): GraphQLSchema {
  const document = visit(parse(sdl), {
    SchemaExtension: () => null,
    Directive: ({ name }) => (/^(deprecated|oneOf|specifiedBy)$/.test(name.value) ? undefined : null),
    DirectiveDefinition: () => null,
    ObjectTypeExtension: (node) => ({ ...node, kind: Kind.OBJECT_TYPE_DEFINITION }),
  });
  let schema = buildASTSchema(document, { assumeValidSDL: true });
  const entities = Object.entries(resolvers).flatMap(([type, fields]) => ('__resolveReference' in fields ? type : []));
  if (entities.length > 0) {
    const machinery = `scalar _Any union _Entity = ${entities.join(' | ')}
      extend type Query { _entities(representations: [_Any!]!): [_Entity]! }`;
    schema = extendSchema(schema, parse(machinery), { assumeValidSDL: true });
  }
  attachResolvers(schema, {
    ...resolvers,
    Query: {
      ...resolvers.Query,
      _entities: (_: never, args: Record<string, unknown>) =>
        (args.representations as Record<string, unknown>[]).map((representation) => {
          const type = String(representation.__typename);
          const resolve = resolvers[type]?.__resolveReference as (value: unknown) => object | null;
          const entity = resolve(representation);
          return entity && { ...entity, __typename: type };
        }),
    },
  });
  return schema;
}

export function attachResolvers(schema: GraphQLSchema, resolvers: Resolvers): void {
  for (const [name, fields] of Object.entries(resolvers)) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    for (const [fieldName, resolver] of Object.entries(fields)) {
      const field = type.getFields()[fieldName];
      if (field === undefined) continue;
      if (typeof resolver === 'function') field.resolve = resolver as never;
      else {
        field.subscribe = resolver.subscribe;
        field.resolve = (event: unknown) => event;
      }
    }
  }
}

/** Runs in this process. Refuses what does not validate, as a service does. */
export function localSubgraph(name: string, schema: GraphQLSchema, log: string[] = []): Subgraph {
  const toResult = (result: unknown) => JSON.parse(JSON.stringify(result)) as SubgraphResult;
  const args = ({ operation, variables }: SubgraphRequest) => ({
    schema,
    document: operation.document,
    variableValues: variables as Record<string, unknown>,
  });
  return {
    name,
    sdl: '',
    url: '',
    async execute(request) {
      log.push(`${name}: ${request.operation.text.replace(/\s+/g, ' ')}`);
      const errors = validate(schema, request.operation.document);
      return toResult(errors.length > 0 ? { errors } : await execute(args(request)));
    },
    async subscribe(request) {
      const events = await subscribe(args(request));
      if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events));
      return (async function* () {
        for await (const event of events) yield toResult(event);
      })();
    },
  };
}

/** Speaks GraphQL over HTTP with a service. */
export function httpSubgraph(name: string, url: string): Subgraph {
  return {
    name,
    sdl: '',
    url,
    async execute({ operation, variables }) {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', connection: 'close' },
          body: JSON.stringify({ query: operation.text, variables }),
        });
        return (await response.json()) as SubgraphResult;
      } catch (cause) {
        return { data: null, errors: [{ message: 'Cannot reach the service', cause }] };
      }
    },
  };
}

/** Serves a subgraph's schema over HTTP on a free port of this machine. */
export async function serve(schema: GraphQLSchema): Promise<{ readonly url: string; close(): Promise<void> }> {
  const subgraph = localSubgraph('served', schema);
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
    const operation = { kind: 'query' as const, name: undefined, text: query, document: parse(query) };
    const result = await subgraph.execute({ operation, variables, context: undefined as never });
    response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
