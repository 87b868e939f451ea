import { MAPPING_VERSION } from '../../config/schema/mapping-text.ts';
import type { RouteTransformDefinition } from '../../config/schema/route-transform.ts';
import type { VariableReference } from '../../mapping/references.ts';
import { type FieldLines, removeField } from '../field-lines.ts';
import type { Variables } from '../route-variables.ts';
import { compileValueTemplate, type ValueTemplate } from './value-template.ts';

type Definition = NonNullable<NonNullable<RouteTransformDefinition['request']>['headers']>;

/** Rules about header fields, compiled. */
export interface FieldRules {
  readonly references: readonly VariableReference[];
  /** @returns the name of a header whose value HTTP cannot carry, where there is one. */
  apply(lines: FieldLines, variables: Variables): string | undefined;
}

/** RFC 9110 §5.5; anything else could end the field and start another. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export function compileFieldRules(definition: Definition): FieldRules {
  const removed = new Set(definition.remove.map((name) => name.toLowerCase()));
  const renamed = new Map(
    Object.entries(definition.rename).map(([from, to]) => [from.toLowerCase(), to.toLowerCase()]),
  );
  const set = compileValues(definition.set);
  const add = compileValues(definition.add);
  return {
    references: [...set, ...add].flatMap(({ template }) => template.references),
    apply(lines, variables) {
      if (removed.size > 0) for (const name of removed) removeField(lines, name);
      if (renamed.size > 0) rename(lines, renamed);
      for (const { name, template } of set) {
        removeField(lines, name);
        if (!append(lines, name, template.evaluate(variables))) return name;
      }
      for (const { name, template } of add) {
        if (!append(lines, name, template.evaluate(variables))) return name;
      }
      return undefined;
    },
  };
}

/** Whether HTTP can carry a value. */
export function isFieldValue(value: string): boolean {
  return FIELD_VALUE.test(value);
}

function compileValues(
  definitions: Readonly<Record<string, string>>,
): readonly { readonly name: string; readonly template: ValueTemplate }[] {
  return Object.entries(definitions).map(([name, text]) => ({
    name: name.toLowerCase(),
    template: compileValueTemplate(text, MAPPING_VERSION),
  }));
}

/** All at once, so that two names can be exchanged. */
function rename(lines: FieldLines, names: ReadonlyMap<string, string>): void {
  for (let at = 0; at < lines.length; at += 2) {
    const name = names.get(lines[at] as string);
    if (name !== undefined) lines[at] = name;
  }
}

/** A list is one field line, as RFC 9110 §5.3 has it; cookies alone cannot be joined. */
function append(lines: FieldLines, name: string, values: readonly string[]): boolean {
  if (values.length === 0) return true;
  if (!values.every(isFieldValue)) return false;
  if (name === 'set-cookie') for (const value of values) lines.push(name, value);
  else lines.push(name, values.join(', '));
  return true;
}
