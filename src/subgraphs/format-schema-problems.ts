import type { SchemaProblem } from './schema-problem.ts';

/** One line for each problem, `file:line:column  message (hint)`. */
export function formatSchemaProblems(problems: readonly SchemaProblem[]): string {
  return problems
    .map(
      ({ file, line, column, message, hint }) =>
        `${[file, line, column].filter(Boolean).join(':')}  ${message} (${hint})`,
    )
    .join('\n');
}
