import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { ApiKeyRecord, FindApiKey } from './api-key-record.ts';
import { readApiKeyRecords } from './api-key-record.ts';
import { fetchJson, HttpStatusError } from './fetch-json.ts';

/**
 * Keys of a YAML or JSON file, a list of clients or `{ keys: [...] }`, read once.
 * @throws where it cannot be read, or names one hash twice.
 */
export function apiKeysOfFile(path: string): FindApiKey {
  const content = parse(readFileSync(path, 'utf8')) as unknown;
  const clients = Array.isArray(content) ? content : (content as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(clients)) throw new TypeError(`Cannot read "${path}": expected a list of API keys`);
  const records = new Map<string, ApiKeyRecord>();
  for (const record of clients.flatMap(readApiKeyRecords)) {
    if (records.has(record.hash))
      throw new TypeError(`Cannot read "${path}": the API key "${record.id}" has the hash of another`);
    records.set(record.hash, record);
  }
  return async (hash) => records.get(hash) ?? null;
}

/** The one command that keys need of Redis. */
export interface KeyValueStore {
  get(key: string): Promise<string | null>;
}

/** Keys of a Redis: JSON under `<prefix><hash>`. */
export function apiKeysOfRedis(redis: KeyValueStore, prefix: string): FindApiKey {
  return async (hash) => {
    const text = await redis.get(prefix + hash);
    return text === null ? null : pick(JSON.parse(text), hash);
  };
}

/** Keys of an HTTP service: `GET <url>/<hash>` answers 200 with the client, or 404. */
export function apiKeysOfService(
  url: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): FindApiKey {
  const base = url.replace(/\/$/, '');
  return async (hash) => {
    try {
      return pick(await fetchJson(`${base}/${hash}`, { headers, timeoutMs }), hash);
    } catch (error) {
      if (error instanceof HttpStatusError && (error.status === 404 || error.status === 410)) return null;
      throw error;
    }
  };
}

/** A store may leave the hash out of what it keeps under it. */
function pick(value: unknown, hash: string): ApiKeyRecord | null {
  const isBare = typeof value === 'object' && value !== null && !('hash' in value) && !('keys' in value);
  return readApiKeyRecords(isBare ? { ...value, hash } : value).find((record) => record.hash === hash) ?? null;
}
