import * as z from 'zod';
import { section } from '../../../config/schema/section.ts';
import { ERRORS } from '../../../errors.ts';

const content = {
  headers: z.record(z.string().min(1), z.string()).default({}).describe('Name: value'),
  body: z.unknown().optional().describe('A JSON body'),
  text: z.string().optional().describe('A body as it is written'),
};

/** What is compared; what is not given is not. */
const expected = {
  headers: z
    .record(z.string().min(1), z.string().nullable())
    .default({})
    .describe('Name: value, or null where there must be none'),
  body: z.unknown().optional().describe('The JSON of the body, all of it'),
  text: z.string().optional().describe('The body as it is written; an empty text: none'),
  error: z
    .enum(Object.keys(ERRORS) as [keyof typeof ERRORS])
    .optional()
    .describe('Code of the error that it is refused with'),
};

/** One test of a route's `transform`: a request with what is sent on, and an answer with what the client gets. */
const goldenPair = section({
  name: z.string().min(1).describe('What it shows, as a sentence'),
  identity: section({
    subject: z.string(),
    kind: z.enum(['jwt', 'api_key', 'introspection', 'mtls']).default('jwt'),
    scopes: z.array(z.string()).default([]),
    roles: z.array(z.string()).default([]),
    claims: z.record(z.string(), z.unknown()).default({}),
    tier: z.string().optional(),
  })
    .optional()
    .describe('Who asks; default: nobody'),
  request: section({
    in: section({
      method: z.string().default('GET'),
      path: z.string().startsWith('/').describe('Path and query'),
      ...content,
    }).describe('The request of a client'),
    out: section({
      method: z.string().optional(),
      path: z.string().optional().describe('Path and query'),
      ...expected,
    })
      .prefault({})
      .describe('What is sent of it'),
  }),
  answer: section({
    in: section({ status: z.int().min(200).max(599).default(200), ...content }).describe('The answer to that'),
    out: section({ status: z.int().optional(), ...expected })
      .prefault({})
      .describe('What the client gets'),
  }).optional(),
});

/** A file of `tests:` of a route. */
export const goldenPairs = z.array(goldenPair).min(1);

export type GoldenPair = z.output<typeof goldenPair>;
