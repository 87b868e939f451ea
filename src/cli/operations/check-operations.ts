import { type GraphQLError, getLocation, validate } from 'graphql';
import type { Config } from '../../config/config.ts';
import { createExaminer, type Examination } from '../../graphql/examine-operation.ts';
import { type LimitEvent, refuse } from '../../graphql/limits/operation-limit.ts';
import type { Supergraph } from '../../supergraph/supergraph.ts';
import { formatTable } from '../format-table.ts';
import { largestForm } from './largest-form.ts';
import { type FoundOperation, readOperations } from './read-operations.ts';

export interface CheckedOperations {
  /** One row for each valid operation. */
  readonly table: string;
  /** With file and line; what makes the check fail. */
  readonly errors: readonly string[];
  /** Limits that are only measured. */
  readonly notes: readonly string[];
}

/** Validates operations, and judges them by the limits of the config, each as large as its variables can make it. */
export async function checkOperations(
  patterns: readonly string[],
  directory: string,
  supergraph: Supergraph,
  config: Pick<Config, 'graphql'>,
): Promise<CheckedOperations> {
  const { apiSchema } = supergraph;
  const found = await readOperations(patterns, directory);
  const errors = found.errors.map(formatError);
  const notes: string[] = [];
  if (found.operations.length === 0)
    errors.push(
      `No operation to check: no file that ${patterns.map((each) => `"${each}"`).join(', ')} matches has one`,
    );
  const examine = createExaminer(supergraph, config);
  const rows: (readonly (string | number)[])[] = [HEAD];
  for (const each of found.operations) {
    const { document, definition } = each;
    const invalid = validate(apiSchema, document);
    errors.push(...invalid.map(formatError));
    if (invalid.length > 0) continue;
    const { operation, variables } = largestForm(apiSchema, document, definition);
    const examination = await examine(document, operation, variables);
    rows.push(toRow(each, examination));
    for (const event of examination.beyond)
      (event.mode === 'enforce' ? errors : notes).push(`${formatPlace(each)}  ${describeBreach(each, event)}`);
    if (examination.engine === undefined)
      errors.push(`${formatPlace(each)}  No engine runs ${nameOf(each)}: ${examination.declined.join('; ')}`);
  }
  return { table: rows.length > 1 ? formatTable(rows) : '', errors, notes };
}

const HEAD = ['operation', 'place', 'depth', 'aliases', 'root fields', 'cost', 'calls', 'stages', 'engine'];

function toRow(found: FoundOperation, { measures, cost, planned, engine }: Examination): readonly (string | number)[] {
  const { depth, aliases, rootFields } = measures;
  const { calls = '-', stages = '-' } = planned?.calls ?? {};
  return [nameOf(found), `${found.file}:${found.line}`, depth, aliases, rootFields, cost, calls, stages, engine ?? '-'];
}

function nameOf({ definition }: FoundOperation): string {
  return definition.name?.value ?? `(${definition.operation})`;
}

function describeBreach(found: FoundOperation, { limit, value, max }: LimitEvent): string {
  const { message, extensions } = refuse(limit, value, max);
  return `${nameOf(found)}: ${message} (${extensions.code})`;
}

function formatPlace({ file, definition }: FoundOperation): string {
  const { line, column } = definition.loc?.startToken ?? { line: 1, column: 1 };
  return `${file}:${line}:${column}`;
}

function formatError(error: GraphQLError): string {
  const { nodes, source = nodes?.[0]?.loc?.source, positions, message } = error;
  const position = nodes?.[0]?.loc?.start ?? positions?.[0];
  if (source === undefined || position === undefined) return message;
  const { line, column } = getLocation(source, position);
  return `${source.name}:${line}:${column}  ${message}`;
}
