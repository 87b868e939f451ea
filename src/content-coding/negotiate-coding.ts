import type { Coding } from './coding.ts';

/** What a client takes. */
export interface AcceptedCoding {
  /** `undefined`: the body as it is. */
  readonly coding: Coding | undefined;
  /** Whether the client does not want the body as it is. */
  readonly refusesIdentity: boolean;
}

const NONE: AcceptedCoding = { coding: undefined, refusesIdentity: false };

/**
 * Chooses the content coding that the client likes best, by RFC 9110 §12.5.3; where it likes several equally the server's order counts.
 * A client that likes none, or says nothing, gets none.
 * @param field `Accept-Encoding`. Members that are no coding with a weight are passed over; of two with one name the first counts.
 * @param preference The codings there are, first the one that is liked best.
 */
export function negotiateCoding(field: string | undefined, preference: readonly Coding[]): AcceptedCoding {
  if (field === undefined || field === '') return NONE;
  const weights = readWeights(field);
  const others = weights.get('*');
  const identity = weights.get('identity');
  let best: Coding | undefined;
  let bestWeight = 0;
  for (const coding of preference) {
    const weight = weights.get(coding) ?? others ?? 0;
    if (weight > bestWeight) {
      best = coding;
      bestWeight = weight;
    }
  }
  // `identity` is always taken unless refused, and liked least unless named.
  if (identity !== undefined && identity > bestWeight) return NONE;
  return { coding: best, refusesIdentity: (identity ?? others) === 0 };
}

/** RFC 9110 §12.4.2; a weight has at most three digits after the point. */
const MEMBER = /^[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*(?:;[ \t]*[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*)?$/;

function readWeights(field: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const member of field.split(',')) {
    const [, name, weight] = MEMBER.exec(member) ?? [];
    if (name === undefined) continue;
    const coding = nameOf(name.toLowerCase());
    if (!weights.has(coding)) weights.set(coding, weight === undefined ? 1 : Number(weight));
  }
  return weights;
}

/** RFC 9110 §8.4.1.3: `x-gzip` is `gzip`. */
function nameOf(name: string): string {
  return name === 'x-gzip' ? 'gzip' : name;
}
