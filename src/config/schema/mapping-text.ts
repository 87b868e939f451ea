import * as z from 'zod';
import { compileMapping } from '../../mapping/mapping.ts';
import type { VariableReference } from '../../mapping/references.ts';
import { MappingSyntaxError } from '../../mapping/syntax-error.ts';
import { compileTemplate } from '../../mapping/template.ts';
import { compileUrlTemplate } from '../../mapping/url-template.ts';
import { findNearest } from '../../nearest.ts';
import { facts } from './facts.ts';

/** The version of the mapping language in gateway.yaml: the newest. */
export const MAPPING_VERSION = '0.4';

/** What texts about a request may read. */
export const REQUEST_VARIABLES = ['$path', '$query', '$request', '$context', '$body'] as const;
/** What texts about an answer may read. */
export const ANSWER_VARIABLES = [...REQUEST_VARIABLES, '$status', '$response'] as const;

/** A text of the mapping language that gives JSON. */
export function mapping(description: string, variables: readonly string[]): z.ZodString {
  return text('mapping text', description, variables, (source) => compileMapping(source, { version: MAPPING_VERSION }));
}

/** A text with `{mapping}` inside. */
export function template(description: string, variables: readonly string[]): z.ZodString {
  return text('template text', description, variables, (source) => compileTemplate(source, MAPPING_VERSION));
}

/** A path with `{mapping}` inside, whose values are percent-encoded. */
export function pathTemplate(description: string, variables: readonly string[]): z.ZodString {
  const schema = text('path template', description, variables, (source) => {
    if (!source.startsWith('/')) throw new MappingSyntaxError('A path starts with "/"', source, 0);
    return compileUrlTemplate(source, MAPPING_VERSION);
  });
  return schema;
}

function text(
  type: string,
  description: string,
  variables: readonly string[],
  compile: (source: string) => { readonly references: readonly VariableReference[] },
): z.ZodString {
  const schema = z
    .string()
    .superRefine((source, context) => {
      const problem = findProblem(source, variables, compile);
      if (problem === undefined) return;
      context.addIssue({ code: 'custom', message: `Expected a ${type}`, params: problem });
    })
    .describe(description);
  facts.add(schema, { type });
  return schema;
}

function findProblem(
  source: string,
  variables: readonly string[],
  compile: (source: string) => { readonly references: readonly VariableReference[] },
): { readonly detail: string; readonly hint: string } | undefined {
  try {
    const unknown = compile(source).references.find(({ name }) => name !== '$' && !variables.includes(name));
    if (unknown === undefined) return undefined;
    const nearest = findNearest(unknown.name, variables);
    return {
      detail: `it reads "${unknown.name}"`,
      hint: nearest === undefined ? `Read one of: ${variables.join(', ')}` : `Did you mean "${nearest}"?`,
    };
  } catch (error) {
    if (!(error instanceof MappingSyntaxError)) throw error;
    const { line, column, message } = error;
    return {
      detail: `line ${line}, column ${column} of it: ${message}`,
      hint: 'Correct the text; the mapping language is that of the connectors',
    };
  }
}
