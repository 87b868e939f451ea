import { WeirError } from '../errors.ts';
import type { FieldLines } from './field-lines.ts';
import type { RouteAnswer } from './route-exchange.ts';

/**
 * An answer with JSON that the gateway itself has made.
 * @throws {WeirError} `UPSTREAM_BAD_RESPONSE` for data that is nested too deep to be written.
 */
export function jsonAnswer(
  status: number,
  data: unknown,
  headers: FieldLines,
  contentType = 'application/json',
): RouteAnswer {
  let json: string;
  try {
    json = JSON.stringify(data) ?? 'null';
  } catch (cause) {
    throw new WeirError('UPSTREAM_BAD_RESPONSE', 'The answer is nested too deep', { cause });
  }
  const body = Buffer.from(json);
  const lines = [...headers, 'content-type', contentType, 'content-length', String(body.length)];
  return { status, headers: lines, body };
}
