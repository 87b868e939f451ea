/** A path in the one form that matching, policies and upstreams all see. */
export interface NormalPath {
  readonly path: string;
  /** Whether it has `%2F`, which some services take for `/`. */
  readonly hasEncodedSlash: boolean;
  /** Whether it has `//`, which some services take for `/`. */
  readonly hasEmptySegment: boolean;
}

/** Paths that are in normal form already: no escape, no segment that begins with a dot, no empty segment. */
const PLAIN = /^(?:\/(?!\.)[A-Za-z0-9\-._~!$&'()*+,;=:@]+)*\/?$/;
/** RFC 3986 §3.3, and `%`. */
const ALLOWED = /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@/%]*$/;

/**
 * Normal form by RFC 3986 §6.2.2: escapes in upper case, none of unreserved characters. What services read in unlike ways is refused,
 * not mended: dot segments, backslashes, NUL, broken escapes, characters that a path has not.
 * @returns `undefined`: refused.
 */
export function normalizePath(path: string): NormalPath | undefined {
  if (path !== '' && PLAIN.test(path)) return { path, hasEncodedSlash: false, hasEmptySegment: false };
  if (!ALLOWED.test(path)) return undefined;
  const normal = path.includes('%') ? normalizeEscapes(path) : path;
  if (normal === undefined || /\/\.{1,2}(?:\/|$)/.test(normal)) return undefined;
  return { path: normal, hasEncodedSlash: normal.includes('%2F'), hasEmptySegment: normal.includes('//') };
}

function normalizeEscapes(path: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})|%00|%5[Cc]/.test(path)) return undefined;
  return path.replace(/%([0-9A-Fa-f]{2})/g, (written, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : written.toUpperCase();
  });
}
