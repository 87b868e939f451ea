import * as z from 'zod';
import { section } from './section.ts';

const graphqlName = z.string().regex(/^[A-Za-z_]\w*$/, 'Expected a GraphQL name');
const field = z.string().regex(/^\w+\.\w+$/, 'Expected "Type.field"');
const typeOrField = z.string().regex(/^\w+(\.\w+)?$/, 'Expected "Type" or "Type.field"');

/** `transforms:` of an upstream. */
export const transforms = section({
  rename_types: z.record(graphqlName, graphqlName).default({}).describe('Upstream name: name in the graph'),
  rename_fields: z.record(field, graphqlName).default({}).describe('"Type.field" of the upstream: name in the graph'),
  prefix_types: graphqlName
    .optional()
    .describe('Put before every type name but the root types, scalars of the specification and renamed types'),
  prefix_fields: graphqlName.optional().describe('Put before every root field name that is not renamed'),
  hide: z.array(typeOrField).default([]).describe('Types and fields that the graph does not get'),
});
