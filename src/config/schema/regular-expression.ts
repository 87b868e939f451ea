import * as z from 'zod';
import { compileLinearPattern, LINEAR_PATTERN_HINT } from '../linear-pattern.ts';
import { facts } from './facts.ts';

/** The source of a regular expression in the syntax of RE2, which any part of a text may match. */
export function regularExpression(description: string): z.ZodString {
  const schema = z
    .string()
    .superRefine((source, context) => {
      try {
        compileLinearPattern(source);
      } catch (error) {
        const params = { detail: (error as Error).message, hint: LINEAR_PATTERN_HINT };
        context.addIssue({ code: 'custom', message: 'Expected a regular expression', params });
      }
    })
    .describe(description);
  facts.add(schema, { type: 'regular expression' });
  return schema;
}
