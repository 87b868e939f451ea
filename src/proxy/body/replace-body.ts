import { type FieldLines, findField, removeField, setField } from '../field-lines.ts';
import { isJsonType } from './json-type.ts';

/**
 * Fields that speak of the bytes of one body: of another one they say what is not so. RFC 9110 §8.4, §8.6, §8.8.3, §14.3, §14.4;
 * RFC 9530; RFC 3230 and RFC 1864, which came before it.
 */
const OF_BYTES = [
  'content-encoding',
  'content-length',
  'etag',
  'accept-ranges',
  'content-range',
  'content-digest',
  'repr-digest',
  'digest',
  'content-md5',
] as const;

/** Removes what was said of a body that is replaced or gone. */
export function dropFieldsOfBytes(headers: FieldLines): void {
  for (const name of OF_BYTES) removeField(headers, name);
}

/** Puts a JSON text in the place of a body; a JSON media type that was there stays. */
export function replaceBody(message: { headers: FieldLines; body: unknown }, json: string): void {
  const { headers } = message;
  const body = Buffer.from(json);
  dropFieldsOfBytes(headers);
  if (!isJsonType(findField(headers, 'content-type'))) setField(headers, 'content-type', 'application/json');
  headers.push('content-length', String(body.length));
  message.body = body;
}
