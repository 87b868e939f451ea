import * as z from 'zod';
import { path } from './path.ts';
import { section } from './section.ts';

/** `graphql:` of gateway.yaml. */
export const graphql = section({
  path: z.string().startsWith('/').default('/graphql').describe('Where GraphQL over HTTP and GraphiQL are served'),
  engine: z
    .enum(['auto', 'compiled', 'stitch'])
    .default('auto')
    .describe('What runs operations; auto: compiled where it can, stitch for the rest; stitch: the other way round'),
  graphiql: z.boolean().default(true).describe('Serve GraphiQL to browsers'),
  examples: path('file', 'A .graphql file; its operations open as tabs in GraphiQL').optional(),
  introspection: z.boolean().default(true).describe('Answer introspection queries'),
});
