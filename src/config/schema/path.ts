import * as z from 'zod';
import { facts, type PathKind } from './facts.ts';

/** A path, relative to the folder of the file that names it; absolute in the parsed config. */
export function path(kind: PathKind, description: string): z.ZodString {
  const schema = z.string().min(1).describe(description);
  facts.add(schema, { path: kind, type: NAMES[kind] });
  return schema;
}

const NAMES: Record<PathKind, string> = {
  file: 'path of a file',
  place: 'path',
  'file-or-url': 'path of a file, or URL',
  module: 'path of a module, or name of a package',
};
