/** One segment of a path pattern. `text` is in normal form: what it is compared with is so too. */
export type RouteSegment =
  | { readonly kind: 'literal'; readonly text: string }
  /** Stands for one segment that is not empty. */
  | { readonly kind: 'parameter'; readonly name: string }
  /** Stands for all that is left, also nothing. Only at the end. */
  | { readonly kind: 'rest'; readonly name: string };

/** The name of the rest that `**` stands for. */
export const REST = '**';

const SEGMENT = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-F]{2})*$/;
/** Escapes that normal form has not: of unreserved characters (RFC 3986 §2.3), `/`, `\` and NUL. */
const NOT_NORMAL = /%(?:2[DEF]|3[0-9]|[46][1-9A-F]|[57][0-9A]|5[CF]|7E|00)/;
const PLACEHOLDER = /^\{([A-Za-z_]\w*)(\*?)\}$/;

/**
 * Reads a path pattern: `/orders` is that path alone, `/orders/**` is `/orders` and all below it, `/orders/{id}` has a parameter, and
 * `/files/{rest*}` names what is below.
 * @returns the segments after the first `/`, or what is wrong as a sentence.
 */
export function parseRoutePath(pattern: string): readonly RouteSegment[] | string {
  if (!pattern.startsWith('/')) return 'it does not start with "/"';
  const parts = pattern.slice(1).split('/');
  const segments: RouteSegment[] = [];
  const names = new Set<string>();
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const segment = parseSegment(part);
    if (typeof segment === 'string') return segment;
    if (segment.kind === 'rest' && !isLast) return `"${part}" stands for all that is left, and is not at the end`;
    if (segment.kind === 'literal') {
      if (segment.text === '' && !isLast) return 'it has an empty segment';
    } else {
      if (names.has(segment.name)) return `"${segment.name}" is named twice`;
      names.add(segment.name);
    }
    segments.push(segment);
  }
  return segments;
}

function parseSegment(part: string): RouteSegment | string {
  if (part === REST) return { kind: 'rest', name: REST };
  const placeholder = PLACEHOLDER.exec(part);
  if (placeholder !== null) {
    const [, name = '', star] = placeholder;
    return { kind: star === '*' ? 'rest' : 'parameter', name };
  }
  if (/[{}]/.test(part)) return `"${part}" mixes text with a parameter, which stands for a whole segment`;
  if (part === '.' || part === '..') return 'it has a dot segment';
  if (!SEGMENT.test(part)) return `"${part}" has a character that must be percent-encoded, in upper case`;
  if (NOT_NORMAL.test(part)) return `"${part}" encodes a character that must not be`;
  return { kind: 'literal', text: part };
}

/** Patterns of one shape match the same paths, whatever their parameters are called. */
export function shapeOf(segments: readonly RouteSegment[]): string {
  return segments
    .map((one) => (one.kind === 'literal' ? `/${one.text}` : one.kind === 'rest' ? `/${REST}` : '/{}'))
    .join('');
}
