import * as z from 'zod';
import { facts } from './facts.ts';

/** The source of a JavaScript regular expression, compiled with the `u` flag. */
export function regularExpression(description: string): z.ZodString {
  const schema = z
    .string()
    .superRefine((source, context) => {
      try {
        new RegExp(source, 'u');
      } catch (error) {
        const params = { detail: (error as Error).message, hint: 'Escape what is meant literally with a backslash' };
        context.addIssue({ code: 'custom', message: 'Expected a regular expression', params });
      }
    })
    .describe(description);
  facts.add(schema, { type: 'regular expression' });
  return schema;
}
