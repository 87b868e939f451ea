import { HOP_BY_HOP_FIELDS } from '../hop-by-hop-fields.ts';

/** @param name In lower case. */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP_FIELDS.has(name);
}

/** The field names in a `Connection` field, in lower case; `undefined` where there are none but the usual ones. */
export function readConnectionOptions(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive') return undefined;
  if (/^(?:keep-alive|close|upgrade)$/i.test(connection)) return undefined;
  return new Set(connection.split(',').map((option) => option.trim().toLowerCase()));
}
