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

/** A problem before it is known whose it is; without a place it is one of the upstream's own file. */
export type Complaint = Pick<SchemaProblem, 'message' | 'hint'> &
  Partial<SchemaProblem> & {
    /** Where in the upstream's file the thing is written: `['entities', 'User']`. */
    readonly key?: readonly string[];
    /** The name that is wrong, as it stands in the file. */
    readonly word?: string;
  };
