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
  const names = (joinField(headers, 'vary') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  if (names.includes('*')) return undefined;
  // Some services choose a coding and do not say so; nginx is one, unless `gzip_vary` is on.
  const coding = joinField(headers, 'content-encoding');
  const isEncoded = coding !== undefined && coding.trim().toLowerCase() !== 'identity';
  return isEncoded && !names.includes('accept-encoding') ? [...names, 'accept-encoding'] : names;
}

/** Where the variant that fits a request is kept. */
export function variantKey(key: string, { names, mark }: Variants, exchange: RouteExchange): string {
  return `${key}\n${mark}\n${JSON.stringify(names.map((name) => [name, ...sentValue(exchange, name)]))}`;
}

/**
 * As it is sent on (RFC 9111 §4.1: lists are joined, blanks do not count). Where it is not, the client's own value, marked as such: the
 * gateway takes some fields out, and clients themselves by `Connection`, and no answer to these is one to requests that have the field.
 */
function sentValue({ headers, scope }: RouteExchange, name: string): readonly (string | null)[] {
  const sent = joinField(headers, name);
  if (sent !== undefined) return [normalise(sent)];
  const value = scope.headers[name];
  return value === undefined ? [null] : [null, normalise(value)];
}

function normalise(value: string): string {
  return value.trim().replace(/\s*,\s*/g, ',');
}
