/** Header fields put on every answer unless it has them already; `null` turns one of the defaults off. */
export type SecurityHeaderRules = Readonly<Record<string, string | null>>;

/** What answers of an API need: they are data, never pages, scripts or frames. */
export const DEFAULT_SECURITY_HEADERS: SecurityHeaderRules = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

/** Sent only over TLS (RFC 6797 §7.2). */
const ONLY_OVER_TLS = new Set(['strict-transport-security']);

/** Gives the headers to set, as pairs made once. */
export function compileSecurityHeaders(
  rules: SecurityHeaderRules,
): (isTls: boolean) => readonly (readonly [string, string])[] {
  const merged = { ...DEFAULT_SECURITY_HEADERS };
  for (const [name, value] of Object.entries(rules)) Object.assign(merged, { [name.toLowerCase()]: value });
  const all = Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== null);
  const plain = all.filter(([name]) => !ONLY_OVER_TLS.has(name));
  return (isTls) => (isTls ? all : plain);
}
