import * as z from 'zod';
import { facts, type PathKind } from './facts.ts';

/** A path, relative to the folder of the file that names it; absolute in the parsed config. */
export function path(kind: PathKind, description: string): z.ZodString {
  const isUsable = (text: string) => kind !== 'file-or-url' || !hasScheme(text) || isHttpUrl(text);
  const schema = z
    .string()
    .min(1)
    .refine(isUsable, 'Expected a path, or a URL that starts with http:// or https://')
    .describe(description);
  facts.add(schema, { path: kind, type: NAMES[kind] });
  return schema;
}

const NAMES: Record<PathKind, string> = {
  file: 'path of a file',
  place: 'path',
  'file-or-url': 'path of a file, or URL',
  module: 'path of a module, or name of a package',
};

/** Whether a path or URL is a URL. */
export function hasScheme(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
