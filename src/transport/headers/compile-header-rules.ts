import { compileLinearPattern, type LinearPattern } from '../../config/linear-pattern.ts';
import type { RequestContext } from '../../edge/request-context.ts';

/** `headers` of an upstream file. */
export interface HeaderRules {
  readonly send: Readonly<Record<string, string>>;
  readonly forward: readonly ForwardRule[];
}
export type ForwardRule =
  | string
  | { readonly name: string; readonly as?: string | undefined; readonly default?: string | undefined }
  | { readonly matching: string };

/** Appends the fields that the rules add for this request to `pairs` (name, value, name, value). */
export type AddHeaders = (pairs: string[], context: RequestContext) => void;

/** Fields that end at this hop or that the transport writes itself; a pattern never forwards them (RFC 9110 §7.6.1). */
const NEVER_BY_PATTERN: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'traceparent',
  'tracestate',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-request-id',
]);

/**
 * @returns What the rules do, and the names that they set whatever the client sends, so that fields of the caller with
 *   these names give way.
 */
export function compileHeaderRules(rules: HeaderRules): { add: AddHeaders; sets: ReadonlySet<string> } {
  const fixed: string[] = [];
  const sets = new Set<string>();
  for (const [name, value] of Object.entries(rules.send)) {
    fixed.push(name.toLowerCase(), value);
    sets.add(name.toLowerCase());
  }
  const copies: { from: string; to: string; fallback: string | undefined }[] = [];
  const patterns: LinearPattern[] = [];
  for (const rule of rules.forward) {
    if (typeof rule === 'object' && 'matching' in rule) {
      patterns.push(compileLinearPattern(rule.matching));
      continue;
    }
    const { name, as = name, default: fallback } = typeof rule === 'string' ? { name: rule } : rule;
    // `send` comes first: it is what the operator wants whatever the client says.
    if (!sets.has(as.toLowerCase())) copies.push({ from: name.toLowerCase(), to: as.toLowerCase(), fallback });
  }
  const named = new Set([...sets, ...copies.map(({ to }) => to)]);

  const add: AddHeaders = (pairs, { headers }) => {
    for (let i = 0; i < fixed.length; i++) pairs.push(fixed[i] as string);
    for (const { from, to, fallback } of copies) {
      const value = headers[from] ?? fallback;
      if (value !== undefined) pairs.push(to, value);
    }
    if (patterns.length === 0) return;
    for (const name of Object.keys(headers)) {
      if (named.has(name) || NEVER_BY_PATTERN.has(name)) continue;
      const value = headers[name];
      if (value !== undefined && patterns.some((pattern) => pattern.test(name))) pairs.push(name, value);
    }
  };
  return { add, sets: named };
}
