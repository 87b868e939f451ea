import * as z from 'zod';
import { section } from './section.ts';

/** Alternatives, of which one must hold: each a list whose items must all hold. */
export const alternatives = z.array(z.array(z.string().min(1)).min(1)).min(1);

const rule = section({
  authenticated: z.boolean().default(true).describe('Whether the client must be known'),
  scopes: alternatives.optional().describe('Lists of scopes; the client must have all of one list'),
  policies: alternatives.optional().describe('Lists of policies; all of one list must hold'),
});

/** `field_auth:` within `graphql:` of gateway.yaml. */
export const fieldAuth = section({
  mode: z
    .enum(['reject', 'filter'])
    .default('reject')
    .describe(
      'reject: an operation with a refused field is refused; filter: refused fields are null with an error, the rest is served',
    ),
  rules: z
    .record(z.string().regex(/^[_A-Za-z]\w*(\.[_A-Za-z]\w*)?$/, 'Expected "Type" or "Type.field"'), rule)
    .default({})
    .describe(
      'Rules by "Type" or "Type.field", as `@authenticated`, `@requiresScopes` and `@policy` set them in SDL; they count beside those',
    ),
});

export type FieldAuthDefinition = z.output<typeof fieldAuth>;
