import type { UpstreamResponse } from '../../transport/upstream.ts';

type Directives = ReadonlyMap<string, string | true>;

/** The directives that one answer must have for the whole to have them. */
const OF_ONE = ['no-store', 'private', 'no-cache', 'must-revalidate', 'proxy-revalidate', 'no-transform'] as const;
/** Those that all must have. */
const OF_ALL = ['public', 'immutable'] as const;

/**
 * The most restrictive of the `Cache-Control` of several answers (RFC 9111 §5.2.2). The age that an answer has already counts.
 * @returns `undefined` where none of them says anything.
 */
export function mergeCacheControl(answers: readonly UpstreamResponse['headers'][]): string | undefined {
  const all = answers.map((headers) => parse([headers['cache-control'] ?? []].flat().join(',')));
  if (all.every((directives) => directives.size === 0)) return undefined;
  if (all.some((directives) => directives.has('no-store'))) return 'no-store';
  const merged: string[] = OF_ONE.filter((name) => all.some((directives) => directives.has(name)));
  // An answer that says nothing gives no leave to keep it.
  if (all.some((directives) => directives.size === 0) && !merged.includes('no-cache')) merged.push('no-cache');
  merged.push(...OF_ALL.filter((name) => all.every((directives) => directives.has(name))));
  const ages = answers.map((headers) => Number(headers.age ?? 0) || 0);
  const lives = all.map((directives, index) => remaining(directives, 'max-age', ages[index]));
  const shared = all.map((directives, index) => remaining(directives, 's-maxage', ages[index]) ?? lives[index]);
  push(merged, 'max-age', lives);
  if (all.some((directives) => directives.has('s-maxage'))) push(merged, 's-maxage', shared);
  for (const name of ['stale-while-revalidate', 'stale-if-error']) {
    push(
      merged,
      name,
      all.map((directives) => remaining(directives, name, 0)),
    );
  }
  // Each of them allows something, and none what another one allows.
  return merged.length === 0 ? 'no-cache' : merged.join(', ');
}

/** The least, where all have one. */
function push(merged: string[], name: string, seconds: readonly (number | undefined)[]): void {
  const known = seconds.filter((each) => each !== undefined);
  if (known.length === seconds.length) merged.push(`${name}=${Math.min(...known)}`);
}

function remaining(directives: Directives, name: string, age = 0): number | undefined {
  const value = directives.get(name);
  // RFC 9111 §4.2.1: what is not valid counts as stale.
  if (value === undefined) return undefined;
  const seconds = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : 0;
  return Math.max(0, seconds - age);
}

function parse(field: string): Directives {
  const directives = new Map<string, string | true>();
  for (const [, name = '', quoted, token] of field.matchAll(/([\w!#$%&'*+.^`|~-]+)(?:=(?:"([^"]*)"|([^\s,]+)))?/g)) {
    // RFC 9111 §4.2.1: of a repeated directive the most restrictive counts; the first one is as good as any.
    if (!directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), quoted ?? token ?? true);
  }
  return directives;
}
