import * as z from 'zod';
import { HOP_BY_HOP_FIELDS } from '../../hop-by-hop-fields.ts';
import { template } from './mapping-text.ts';
import { section } from './section.ts';

/** What the hops and the framing of a message decide, and no rule (RFC 9110 §7.6.1, RFC 9112 §6). */
const RESERVED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP_FIELDS,
  'content-encoding',
  'content-length',
  'expect',
  'host',
  'via',
]);

/** Whether rules and functions of a route leave a field alone. @param name In any case. */
export function isReservedField(name: string): boolean {
  return RESERVED.has(name.toLowerCase());
}

export const fieldName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Expected an HTTP header name')
  .refine((name) => !isReservedField(name), 'Expected a header that the gateway does not decide alone');

/** Rules about header fields, in the order in which they are applied. */
export function fieldRules(variables: readonly string[]) {
  return section({
    remove: z.array(fieldName).default([]).describe('Headers that are removed'),
    rename: z.record(fieldName, fieldName).default({}).describe('Name: the name that it gets'),
    set: z
      .record(fieldName, template('Template of the value', variables))
      .default({})
      .describe('Name: template of the value that takes the place of all there are; without a value, none is left'),
    add: z
      .record(fieldName, template('Template of the value', variables))
      .default({})
      .describe('Name: template of a value that is put beside those there are'),
  });
}

const parameter = z.string().min(1);

/** Rules about query parameters, in the order in which they are applied. */
export function queryRules(variables: readonly string[]) {
  return section({
    keep: z.array(parameter).optional().describe('Parameters that are kept; all others are removed'),
    remove: z.array(parameter).default([]).describe('Parameters that are removed'),
    rename: z.record(parameter, parameter).default({}).describe('Name: the name that it gets'),
    set: z
      .record(parameter, template('Template of the value', variables))
      .default({})
      .describe('Name: template of the value that takes the place of all there are; a list repeats the parameter'),
    add: z
      .record(parameter, template('Template of the value', variables))
      .default({})
      .describe('Name: template of a value that is put beside those there are'),
  });
}
