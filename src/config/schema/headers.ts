import * as z from 'zod';
import { regularExpression } from './regular-expression.ts';
import { section } from './section.ts';

// RFC 9110 §5.1: a field name is a token.
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Expected an HTTP header name');

/** `headers:` of an upstream. */
export const headers = section({
  send: z.record(headerName, z.string()).default({}).describe('Headers sent with every request, with fixed values'),
  forward: z
    .array(
      z.union([
        headerName,
        z.strictObject({
          name: headerName.describe("The client's header"),
          as: headerName.optional().describe('Sent under this name instead'),
          default: z.string().optional().describe('Sent where the client has no such header'),
        }),
        z.strictObject({
          matching: regularExpression('Regular expression in the syntax of RE2 over lower-case header names'),
        }),
      ]),
    )
    .default([])
    .describe("Headers copied from the client's request: a name, a name with more, or all that match"),
});
