import { readFile } from 'node:fs/promises';
import type { JSONWebKeySet } from 'jose';
import { fetchJson } from './fetch-json.ts';

/** Reads a JSON Web Key Set (RFC 7517 §5). Rejects where it cannot be had or is none. */
export type LoadKeys = (signal: AbortSignal) => Promise<JSONWebKeySet>;

export function keysFromUrl(url: string): LoadKeys {
  return async (signal) => asKeySet(await fetchJson(url, { signal }), url);
}

export function keysFromFile(path: string): LoadKeys {
  return async (signal) => asKeySet(JSON.parse(await readFile(path, { encoding: 'utf8', signal })), path);
}

/** OpenID Connect Discovery 1.0 §4: the issuer's metadata names the keys. The metadata is read anew each time. */
export function keysFromDiscovery(issuer: string): LoadKeys {
  return async (signal) => {
    const { jwks_uri: jwksUri } = await discover(issuer, signal);
    if (typeof jwksUri !== 'string') throw new Error(`Cannot use the metadata of "${issuer}": it has no jwks_uri`);
    return asKeySet(await fetchJson(jwksUri, { signal }), jwksUri);
  };
}

/** Reads an issuer's metadata. Rejects where it names another issuer (Discovery §4.3). */
export async function discover(issuer: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  const metadata = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { signal });
  if (!isRecord(metadata) || metadata.issuer !== issuer) {
    throw new Error(`Cannot use the metadata of "${issuer}": it is of another issuer`);
  }
  return metadata;
}

function asKeySet(value: unknown, source: string): JSONWebKeySet {
  const keys = isRecord(value) ? value.keys : undefined;
  if (!Array.isArray(keys) || !keys.every(isRecord))
    throw new Error(`Cannot use "${source}": it is no JSON Web Key Set`);
  return { keys: keys.filter((key) => typeof key.kty === 'string') } as unknown as JSONWebKeySet;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
