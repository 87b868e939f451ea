import type { ServerResponse } from 'node:http';
import { type FieldLines, setFields } from '../proxy/field-lines.ts';

/** On the response itself: a map with weak keys would cost the collector more than all else that a request leaves behind. */
const OWN = Symbol('own fields');

interface KeepingResponse extends ServerResponse {
  [OWN]?: FieldLines;
}

/**
 * Keeps the lines that the gateway adds to the answer, whatever it is, until its head is written: on the response itself, they would
 * slow down each head that is written at once.
 */
export function keepOwnFields(response: ServerResponse, lines: FieldLines): void {
  (response as KeepingResponse)[OWN] = lines;
}

export function ownFieldsOf(response: ServerResponse): FieldLines {
  return (response as KeepingResponse)[OWN] ?? [];
}

/** Puts them on a response that somebody else writes. */
export function putOwnFields(response: ServerResponse): void {
  setFields(response, ownFieldsOf(response));
}
