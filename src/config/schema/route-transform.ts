import * as z from 'zod';
import { compileLinearReplacement, LINEAR_PATTERN_HINT } from '../linear-pattern.ts';
import { fieldRules, queryRules } from './field-rules.ts';
import { ANSWER_VARIABLES, mapping, pathTemplate, REQUEST_VARIABLES } from './mapping-text.ts';
import { path } from './path.ts';
import { section, size } from './section.ts';

const pathPrefix = z.string().regex(/^\/[^?#{}\s]*$/, 'Expected a path without query and parameters');

const pathRule = z.union([
  pathTemplate('Template of the path, such as `/v1/orders/{$path.id}`', REQUEST_VARIABLES).refine(
    (text) => !text.replace(/\{[^}]*\}/g, '').includes('?'),
    'Expected a path without query; rules of `query` are for that',
  ),
  z.strictObject({
    prefix: pathPrefix.describe('Start of the path, by whole segments; other paths stay as they are'),
    replace: pathPrefix.describe('What takes its place'),
  }),
  z
    .strictObject({
      regex: z.string().min(1).describe('Regular expression in the syntax of RE2; paths without a match stay'),
      replace: z.string().describe('What takes the place of each match; `$1` and `$<name>` are its groups'),
    })
    .superRefine(({ regex, replace }, context) => {
      try {
        compileLinearReplacement(regex, replace);
      } catch (error) {
        const params = { detail: (error as Error).message, hint: LINEAR_PATTERN_HINT };
        context.addIssue({ code: 'custom', message: 'Expected a regular expression', path: ['regex'], params });
      }
    }),
]);

const otherBodies = (fallback: 'refuse' | 'pass', refused: string) =>
  z
    .enum(['refuse', 'pass'])
    .default(fallback)
    .describe(`What becomes of bodies that are no JSON where \`body\` is given: ${refused}, or sent on as they are`);

const requestRules = section({
  method: z
    .string()
    .regex(/^[A-Z][A-Z0-9-]*$/, 'Expected a method in upper case')
    .optional()
    .describe('Method that is sent instead'),
  path: pathRule
    .optional()
    .describe('Path that is sent instead: a template, `{ prefix, replace }` or `{ regex, replace }`'),
  query: queryRules(REQUEST_VARIABLES).optional().describe('Rules about query parameters'),
  headers: fieldRules(REQUEST_VARIABLES).optional().describe('Rules about headers'),
  body: mapping('Mapping of the JSON body', REQUEST_VARIABLES).optional(),
  other_bodies: otherBodies('refuse', 'refused with 415'),
});

const statusSet = z.union([
  z.int().min(100).max(599),
  z.string().regex(/^[1-5]([0-9]{2}|xx)$/, 'Expected a status such as 404, or a class such as 2xx'),
]);

const answerRules = section({
  on: z
    .array(statusSet)
    .min(1)
    .optional()
    .describe('Statuses of the upstream that this is about, such as 404 or 2xx; default: all'),
  status: z.int().min(200).max(599).optional().describe('Status that is sent instead'),
  headers: fieldRules(ANSWER_VARIABLES).optional().describe('Rules about headers'),
  body: mapping('Mapping of the JSON body', ANSWER_VARIABLES).optional(),
  other_bodies: otherBodies('pass', 'answered with 502'),
});

/** `transform:` of a route. */
export const routeTransform = section({
  request: requestRules.optional().describe('What is changed of the request'),
  answers: z
    .array(answerRules)
    .default([])
    .describe('What is changed of answers: every entry that is about the status of an answer, in their order'),
  function: path(
    'file',
    'Module whose default export is a `RouteTransform`: code for what rules cannot say; it runs between the rules and the upstream',
  ).optional(),
  max_body: size(
    'Largest body that is mapped, also when decoded: larger ones are refused with 413, and answered with 502',
    { max: '64MiB' },
  ).prefault('1MiB'),
});

export type RouteTransformDefinition = z.output<typeof routeTransform>;
