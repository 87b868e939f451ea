import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { type Caller, createIdentifyCaller } from './caller.ts';
import { listen, type Service } from './listen.ts';

/** What every service can be told at start. */
export interface ServiceOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Where the keys are that prove a caller; default: every caller is anonymous. */
  jwksUrl?: string | undefined;
}

/** What the resolvers of a GraphQL service get. */
export interface CallContext {
  readonly caller: Caller | null;
}

/** Serves `schema` at `/graphql`; subscriptions over SSE. */
export function serveGraphql(schema: GraphQLSchema, { port = 0, jwksUrl }: ServiceOptions): Promise<Service> {
  const identifyCaller = createIdentifyCaller(jwksUrl);
  const yoga = createYoga({
    schema,
    logging: 'error',
    landingPage: false,
    context: async ({ request }): Promise<CallContext> => ({
      caller: await identifyCaller(request.headers.get('authorization')),
    }),
  });
  return listen(yoga, { port, path: '/graphql' });
}
