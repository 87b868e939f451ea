import * as z from 'zod';
import { alternatives, fieldAuth } from './field-auth.ts';
import { operationLimits } from './operation-limits.ts';
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
  introspection: z
    .union([z.boolean(), section({ scopes: alternatives.describe('Lists of scopes; one list suffices') })])
    .default(true)
    .describe('Answer introspection queries: of all clients, of none, or of those with scopes'),
  suggestions: z
    .boolean()
    .optional()
    .describe('Name what a misspelled field or type may mean; default: where introspection is open to all'),
  field_auth: fieldAuth.prefault({}).describe('Who may read which fields'),
  limits: operationLimits.prefault({}).describe('What a single operation may be'),
});

export type GraphqlDefinition = z.output<typeof graphql>;
