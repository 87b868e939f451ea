import type { FieldLines } from '../field-lines.ts';
import type { RouteExchange } from '../route-exchange.ts';
import { joinField } from './join-field.ts';

/** The headers by which the answers of one URI differ. */
export interface Variants {
  /** In lower case, sorted. */
  readonly names: readonly string[];
  /** Makes the keys of these variants others than those of variants that were here before and have become invalid. */
  readonly mark: string;
}

/** The names in `Vary`, in lower case. `undefined`: the answer is for its request alone (RFC 9110 §12.5.5). */
export function namesInVary(headers: Readonly<FieldLines>): readonly string[] | undefined {
  const vary = joinField(headers, 'vary');
  if (vary === undefined) return [];
  const names = vary
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  return names.includes('*') ? undefined : names;
}

/** Where the variant that fits a request is kept. */
export function variantKey(key: string, { names, mark }: Variants, exchange: RouteExchange): string {
  return `${key}\n${mark}\n${JSON.stringify(names.map((name) => [name, sentValue(exchange, name)]))}`;
}

/** As it is sent on, or, where the gateway takes it out, as the client sent it (RFC 9111 §4.1: lists are joined, blanks do not count). */
function sentValue({ headers, scope }: RouteExchange, name: string): string | null {
  const value = joinField(headers, name) ?? scope.headers[name];
  return value === undefined ? null : value.trim().replace(/\s*,\s*/g, ',');
}
