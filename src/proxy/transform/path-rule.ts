import { compileLinearReplacement } from '../../config/linear-pattern.ts';
import { MAPPING_VERSION } from '../../config/schema/mapping-text.ts';
import type { RouteTransformDefinition } from '../../config/schema/route-transform.ts';
import { normalizePath } from '../../edge/normal-path.ts';
import { WeirError } from '../../errors.ts';
import type { VariableReference } from '../../mapping/references.ts';
import { compileUrlTemplate } from '../../mapping/url-template.ts';
import type { Variables } from '../route-variables.ts';

type Definition = NonNullable<NonNullable<RouteTransformDefinition['request']>['path']>;

/** A path rewrite, compiled. */
export interface PathRule {
  readonly references: readonly VariableReference[];
  /**
   * @param path in normal form; so is what comes out.
   * @throws {WeirError} `BAD_USER_INPUT` where a value of the request has no place in a path.
   */
  apply(path: string, variables: Variables): string;
}

export function compilePathRule(definition: Definition): PathRule {
  if (typeof definition === 'string') return compileTemplateRule(definition);
  if ('prefix' in definition) return compilePrefixRule(definition.prefix, definition.replace);
  const replacement = compileLinearReplacement(definition.regex, definition.replace);
  return {
    references: [],
    apply(path) {
      const replaced = replacement.replace(path);
      if (replaced === undefined) return path;
      const normal = normalizePath(replaced);
      if (normal === undefined) throw new WeirError('BAD_USER_INPUT', 'The path has no form for the service');
      return normal.path;
    },
  };
}

function compileTemplateRule(text: string): PathRule {
  const template = compileUrlTemplate(text, MAPPING_VERSION);
  return {
    references: template.references,
    apply(_path, variables) {
      const url = template.evaluate(variables);
      if (url.problem === undefined) return url.path;
      const why = url.problem === 'missing' ? 'is missing' : 'has no place there';
      throw new WeirError('BAD_USER_INPUT', `A value that the path is made of ${why}`);
    },
  };
}

function compilePrefixRule(prefix: string, replacement: string): PathRule {
  const from = prefix.replace(/\/$/, '');
  const to = replacement.replace(/\/$/, '');
  return {
    references: [],
    apply(path) {
      if (path !== from && !path.startsWith(`${from}/`)) return path;
      const rest = path.slice(from.length);
      return to + rest || '/';
    },
  };
}
