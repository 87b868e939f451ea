import { MAPPING_VERSION } from '../../config/schema/mapping-text.ts';
import type { RouteTransformDefinition } from '../../config/schema/route-transform.ts';
import type { VariableReference } from '../../mapping/references.ts';
import { encodeValue } from '../../mapping/url-encoding.ts';
import type { Variables } from '../route-variables.ts';
import { compileValueTemplate, type ValueTemplate } from './value-template.ts';

type Definition = NonNullable<NonNullable<RouteTransformDefinition['request']>['query']>;

/** Rules about query parameters, compiled. */
export interface QueryRules {
  readonly references: readonly VariableReference[];
  /** @param query without `?`. What no rule is about stays byte for byte, in its order. */
  apply(query: string, variables: Variables): string;
}

interface Pair {
  name: string;
  /** As it was written, from the `=` on. */
  readonly rest: string;
  /** The name as it was written; `undefined`: it has another one now. */
  written: string | undefined;
}

export function compileQueryRules(definition: Definition): QueryRules {
  const kept = definition.keep === undefined ? undefined : new Set(definition.keep);
  const removed = new Set(definition.remove);
  const renamed = new Map(Object.entries(definition.rename));
  const set = compileValues(definition.set);
  const add = compileValues(definition.add);
  const replaced = new Set(set.map(({ name }) => name));
  return {
    references: [...set, ...add].flatMap(({ template }) => template.references),
    apply(query, variables) {
      const pairs: string[] = [];
      for (const pair of query === '' ? [] : query.split('&').map(parsePair)) {
        if (kept?.has(pair.name) === false || removed.has(pair.name)) continue;
        const name = renamed.get(pair.name);
        if (name !== undefined) Object.assign(pair, { name, written: undefined });
        if (!replaced.has(pair.name)) pairs.push((pair.written ?? encodeValue(pair.name)) + pair.rest);
      }
      for (const { name, template } of [...set, ...add]) {
        for (const value of template.evaluate(variables)) pairs.push(`${encodeValue(name)}=${encodeValue(value)}`);
      }
      return pairs.join('&');
    },
  };
}

function compileValues(
  definitions: Readonly<Record<string, string>>,
): readonly { readonly name: string; readonly template: ValueTemplate }[] {
  return Object.entries(definitions).map(([name, text]) => ({
    name,
    template: compileValueTemplate(text, MAPPING_VERSION),
  }));
}

function parsePair(text: string): Pair {
  const equals = text.indexOf('=');
  const written = equals === -1 ? text : text.slice(0, equals);
  return { name: decodeName(written), rest: equals === -1 ? '' : text.slice(equals), written };
}

/** As services read it: `application/x-www-form-urlencoded`. */
function decodeName(written: string): string {
  if (!/[%+]/.test(written)) return written;
  return new URLSearchParams(`${written.replaceAll('&', '%26')}=`).keys().next().value ?? '';
}
