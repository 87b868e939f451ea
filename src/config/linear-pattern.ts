import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

/** A regular expression whose time grows with the length of its input alone, whoever chose the input. */
export interface LinearPattern {
  /** Whether any part of the text matches. */
  test(text: string): boolean;
}

/** A replacement by a regular expression whose time grows with the length of its input alone, whoever chose the input. */
export interface LinearReplacement {
  /** The text with every match replaced; `undefined` where nothing matches. */
  replace(text: string): string | undefined;
}

const require = createRequire(import.meta.url);
/** Loaded by the first pattern: few configs have one, and the engine is large. */
let engine: typeof RE2JS | undefined;

/** What a config is told whose expression is none. */
export const LINEAR_PATTERN_HINT = 'The syntax is that of RE2: it has no look-around and no back-references';

/**
 * @param source in the syntax of RE2: no look-around, no back-references.
 * @throws {Error} with the reason.
 */
export function compileLinearPattern(source: string): LinearPattern {
  return compile(source);
}

function compile(source: string): RE2JS {
  engine ??= (require('re2js') as { readonly RE2JS: typeof RE2JS }).RE2JS;
  return engine.compile(source);
}

/** `$1`, `$<name>`, and `$$` for the sign itself. */
const REFERENCE = /\$(?:(\d{1,2})|<(\w+)>|\$)?/g;

/**
 * @param source in the syntax of RE2: no look-around, no back-references.
 * @param replacement with `$1` and `$<name>` for groups.
 * @throws {Error} with the reason.
 */
export function compileLinearReplacement(source: string, replacement: string): LinearReplacement {
  const pattern = compile(source);
  for (const [written, index, name] of replacement.matchAll(REFERENCE)) {
    if (written === '$')
      throw new Error('"$" stands before the number or the <name> of a group; write "$$" for itself');
    const isKnown =
      name === undefined ? Number(index ?? 0) <= pattern.groupCount() : Object.hasOwn(pattern.namedGroups(), name);
    if (!isKnown) throw new Error(`the expression has no group "${name ?? index}"`);
  }
  return {
    replace(text) {
      const matcher = pattern.matcher(text);
      return matcher.find() ? matcher.replaceAll(replacement) : undefined;
    },
  };
}
