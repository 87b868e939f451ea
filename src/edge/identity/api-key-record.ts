/** What a store knows of one key. A client that rotates has two records, of which both hold until the older expires. */
export interface ApiKeyRecord {
  readonly id: string;
  /** HMAC-SHA-256 of the key, lower-case hexadecimal. */
  readonly hash: string;
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  readonly tier?: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch; `Infinity`: none. */
  readonly expiresMs: number;
}

/** Looks a hash up. `null`: unknown. Rejects where the store cannot be asked. */
export type FindApiKey = (hash: string) => Promise<ApiKeyRecord | null>;

/**
 * Reads a client as stores write it: `{ id, subject, scopes, roles, tier, claims, keys: [{ hash, expires }] }`, or with one
 * `hash` and `expires` of its own. `expires` is an ISO 8601 time.
 * @throws {TypeError} where it is none, with the reason.
 */
export function readApiKeyRecords(value: unknown): ApiKeyRecord[] {
  if (typeof value !== 'object' || value === null) throw new TypeError('Cannot read an API key: expected a mapping');
  const written = value as Record<string, unknown>;
  const id = readString(written, 'id');
  const { tier, claims } = written;
  const shared = {
    subject: written.subject === undefined ? id : readString(written, 'subject'),
    scopes: readStrings(written, 'scopes'),
    roles: readStrings(written, 'roles'),
    ...(typeof tier === 'string' ? { tier } : {}),
    claims: typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {},
  };
  const keys = Array.isArray(written.keys) ? (written.keys as unknown[]) : [written];
  return keys.map((key, index) => {
    const entry = key as Record<string, unknown>;
    const hash = readString(entry, 'hash').toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(hash))
      throw new TypeError(`Cannot read the API key "${id}": "hash" must be 64 hexadecimal digits`);
    return { ...shared, id: keys.length > 1 ? `${id}#${index + 1}` : id, hash, expiresMs: readTime(entry.expires, id) };
  });
}

function readString(record: Record<string, unknown>, name: string): string {
  const value = record[name];
  if (typeof value !== 'string' || value === '')
    throw new TypeError(`Cannot read an API key: "${name}" must be a text`);
  return value;
}

function readStrings(record: Record<string, unknown>, name: string): readonly string[] {
  const value = record[name] ?? [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw new TypeError(`Cannot read an API key: "${name}" must be a list of texts`);
  }
  return value;
}

function readTime(value: unknown, id: string): number {
  if (value === undefined || value === null) return Number.POSITIVE_INFINITY;
  const time = value instanceof Date ? value.getTime() : Date.parse(String(value));
  if (Number.isNaN(time)) throw new TypeError(`Cannot read the API key "${id}": "expires" must be an ISO 8601 time`);
  return time;
}
