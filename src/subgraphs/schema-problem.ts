import { WeirError } from '../errors.ts';

/** What is wrong with an upstream's schema or with what its file declares about the schema. Found at start or reload, never while serving. */
export interface SchemaProblem {
  readonly upstream: string;
  /** The file to change. */
  readonly file: string;
  /** 1-based, where the place in `file` is known. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  /** The way out. */
  readonly hint: string;
}

/** A thing that was made, or every reason why it could not be. */
export type Outcome<T, P = SchemaProblem> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly P[] };

/** A problem before it is known whose it is. */
export type Complaint = Pick<SchemaProblem, 'message' | 'hint'>;

/** One line for each problem: `upstreams/reviews.yaml: entities.User: … (upstream "reviews"). Did you mean "id"?` */
export function formatSchemaProblems(problems: readonly SchemaProblem[]): string {
  return problems
    .map(({ upstream, file, line, column, message, hint }) => {
      const place = line === undefined ? file : `${file}:${line}${column === undefined ? '' : `:${column}`}`;
      return `${place}: ${message} (upstream "${upstream}"). ${hint}`;
    })
    .join('\n');
}

/** A subgraph that cannot be made. */
export class SchemaProblemsError extends WeirError {
  readonly problems: readonly SchemaProblem[];

  constructor(problems: readonly SchemaProblem[]) {
    super('SCHEMA_NOT_READY', formatSchemaProblems(problems));
    this.name = 'SchemaProblemsError';
    this.problems = problems;
  }
}
