import * as z from 'zod';

/** What the reader and the documentation know of a schema beside its rules. Kept out of the JSON Schema. */
export interface Facts {
  /** What the number counts; becomes the end of the key's name in code. */
  readonly unit?: 'Ms' | 'Bytes';
  /** The name of the type in the documentation. */
  readonly type?: string;
  /** The string names a file or folder; see `path.ts`. */
  readonly path?: PathKind;
}

/**
 * `file` must exist. `place` may be made later. `file-or-url` must exist unless it has a scheme.
 * `module` must exist if it looks like a path; otherwise it names a package.
 */
export type PathKind = 'file' | 'place' | 'file-or-url' | 'module';

/** A schema derived from another (`.describe()`, `.meta()`) has the facts of the other. */
export const facts: z.core.$ZodRegistry<Facts> = z.registry<Facts>();
