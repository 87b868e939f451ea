import * as z from 'zod';
import { mapping, REQUEST_VARIABLES } from './mapping-text.ts';
import { path } from './path.ts';
import { type SectionRule, section, size } from './section.ts';

const DOCUMENT_VARIABLES = [...REQUEST_VARIABLES];

const exactlyOneOfFileAndText: SectionRule = {
  check({ file, text }) {
    if ((file === undefined) !== (text === undefined)) return undefined;
    return {
      message: `A document must be given by exactly one of "file" and "text", got ${file === undefined ? 'none' : 'both'}`,
      hint: 'Write `file: documents/NAME.graphql`, or the document itself under `text: |`',
    };
  },
};

/** `document:` of a route. */
export const routeDocument = section(
  {
    file: path('file', 'File of a GraphQL document').optional(),
    text: z.string().min(1).optional().describe('The GraphQL document itself'),
    operation: z
      .string()
      .regex(/^[A-Za-z_]\w*$/, 'Expected a GraphQL name')
      .optional()
      .describe('Name of the operation that is run where the document has several'),
    variables: z
      .record(
        z.string().regex(/^[A-Za-z_]\w*$/, 'Expected a GraphQL name, without "$"'),
        mapping('Mapping that gives the value', DOCUMENT_VARIABLES),
      )
      .default({})
      .describe(
        'Name of a variable: mapping that gives its value; others are taken by their name from the path, the query and the JSON body, in this order',
      ),
    answer: mapping("Mapping of the operation's data, which `$` is; default: all of it", DOCUMENT_VARIABLES).optional(),
    when_null: z
      .enum(['not_found', 'pass'])
      .default('not_found')
      .describe('What an answer of null is: a problem with status 404, or the JSON value null'),
    on_errors: z
      .enum(['fail', 'partial'])
      .default('fail')
      .describe('What data with errors is: a problem, or an answer that is marked as partial'),
    statuses: z
      .record(z.string().min(1), z.int().min(400).max(599))
      .default({})
      .describe('Code of a GraphQL error: status of its problem, for codes that are not those of the gateway'),
    meta: z.boolean().default(false).describe('Whether a partial answer has its errors in `_meta`'),
    max_body: size('Largest body of the client', { max: '64MiB' }).prefault('1MiB'),
  },
  exactlyOneOfFileAndText,
);

export type RouteDocumentDefinition = z.output<typeof routeDocument>;
