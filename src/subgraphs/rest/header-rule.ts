import { type ConstObjectValueNode, type ConstValueNode, Kind } from 'graphql';
import type { RequestContext } from '../../edge/request-context.ts';
import { HOP_BY_HOP_FIELDS } from '../../hop-by-hop-fields.ts';
import type { MappingWarning } from '../../mapping/evaluator.ts';
import type { Template } from '../../mapping/template.ts';
import type { TextCompiler } from './connector-text.ts';
import { checkNames, fieldOf, type KnownNames, readString } from './directive-values.ts';
import type { ProblemList } from './problem-list.ts';

/** One header that a connector sends. */
export interface HeaderRule {
  /** In lower case. */
  readonly name: string;
  readonly source: { readonly from: string } | { readonly template: Template };
}

const HEADER_NAMES: KnownNames = { name: '0.1', from: '0.1', value: '0.1' };
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110 §5.5; anything else could end the header and start another. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** What the HTTP client alone decides (RFC 9110 §7.6.1 and framing). */
const RESERVED: ReadonlySet<string> = new Set([...HOP_BY_HOP_FIELDS, 'content-length', 'host']);

/** The `headers` of `@source` or `@connect`: a list, or one object. */
export function readHeaderRules(
  value: ConstValueNode | undefined,
  where: string,
  texts: TextCompiler,
  problems: ProblemList,
): HeaderRule[] {
  if (value === undefined || value.kind === Kind.NULL) return [];
  const rules: HeaderRule[] = [];
  for (const item of value.kind === Kind.LIST ? value.values : [value]) {
    if (item.kind !== Kind.OBJECT) {
      problems.add(
        item,
        `A header of ${where} is no object`,
        'Write { name: "x-name", value: "…" } or { name: "x-name", from: "x-other" }',
      );
      continue;
    }
    const rule = readHeaderRule(item, where, texts, problems);
    if (rule !== undefined) rules.push(rule);
  }
  return rules;
}

function readHeaderRule(
  item: ConstObjectValueNode,
  where: string,
  texts: TextCompiler,
  problems: ProblemList,
): HeaderRule | undefined {
  checkNames(item, HEADER_NAMES, `a header of ${where}`, texts.version, problems);
  const nameNode = readString(fieldOf(item, 'name')?.value, `The name of a header of ${where}`, problems);
  const name = nameNode?.value.toLowerCase() ?? '';
  if (!TOKEN.test(name)) {
    problems.add(
      nameNode ?? item,
      `A header of ${where} has no valid name: ${JSON.stringify(nameNode?.value ?? '')}`,
      'Give it a name such as "x-api-key"',
    );
    return undefined;
  }
  if (RESERVED.has(name)) {
    problems.add(nameNode, `The header "${name}" is set by the HTTP client alone`, 'Remove it');
    return undefined;
  }
  const from = readString(fieldOf(item, 'from')?.value, `"from" of header "${name}"`, problems);
  const hasValue = fieldOf(item, 'value') !== undefined;
  if ((from !== undefined) === hasValue) {
    problems.add(item, `The header "${name}" of ${where} needs either "from" or "value"`, 'Keep exactly one of them');
    return undefined;
  }
  if (from !== undefined) return { name, source: { from: from.value.toLowerCase() } };
  const template = texts.template(fieldOf(item, 'value')?.value, `Header "${name}"`);
  return template && { name, source: { template } };
}

/**
 * The headers of one request; a later rule for a name replaces an earlier one, headers without value are left out.
 * @returns the name of a header whose value HTTP cannot carry, where there is one.
 */
export function writeHeaders(
  rules: readonly HeaderRule[],
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
  warn: ((warning: MappingWarning) => void) | undefined,
): { readonly headers: Record<string, string> } | { readonly invalid: string } {
  const headers: Record<string, string> = { accept: 'application/json' };
  for (const { name, source } of rules) {
    const value = 'from' in source ? context.headers[source.from] : source.template.evaluate(variables, warn);
    if (value === undefined) continue;
    if (!FIELD_VALUE.test(value)) return { invalid: name };
    headers[name] = value;
  }
  return { headers };
}
