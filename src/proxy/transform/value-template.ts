import { scalarText } from '../../mapping/json-data.ts';
import type { VariableReference } from '../../mapping/references.ts';
import type { SpecVersion } from '../../mapping/spec-version.ts';
import { compileTemplate, splitTemplate } from '../../mapping/template.ts';
import type { Variables } from '../route-variables.ts';

/** A text with `{mapping}` inside, for places that may hold several values. */
export interface ValueTemplate {
  readonly references: readonly VariableReference[];
  /** Several where the template is one mapping that gives a list; none where it gives nothing. */
  evaluate(variables: Variables): readonly string[];
}

/** @throws {MappingSyntaxError} */
export function compileValueTemplate(text: string, version: SpecVersion): ValueTemplate {
  const [part, ...others] = splitTemplate(text, version);
  if (part?.kind === 'constant' && others.length === 0) return { references: [], evaluate: () => [part.text] };
  if (part?.kind === 'expression' && others.length === 0) {
    const { mapping } = part;
    return {
      references: mapping.references,
      evaluate(variables) {
        const value = mapping.evaluate(null, variables);
        return (Array.isArray(value) ? value : [value]).flatMap((item: unknown) =>
          item === null || item === undefined ? [] : (scalarText(item) ?? []),
        );
      },
    };
  }
  const template = compileTemplate(text, version);
  return { references: template.references, evaluate: (variables) => [template.evaluate(variables) ?? ''] };
}
