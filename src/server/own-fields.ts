import type { ServerResponse } from 'node:http';
import { type FieldLines, findField, setFields } from '../proxy/field-lines.ts';

const kept = new WeakMap<ServerResponse, FieldLines>();

/**
 * Keeps the lines that the gateway adds to the answer, whatever it is, until its head is written: on the response itself, they would
 * slow down each head that is written at once.
 */
export function keepOwnFields(response: ServerResponse, lines: FieldLines): void {
  kept.set(response, lines);
}

export function ownFieldsOf(response: ServerResponse): FieldLines {
  return kept.get(response) ?? [];
}

/** Puts them on a response that somebody else writes. */
export function putOwnFields(response: ServerResponse): void {
  setFields(response, ownFieldsOf(response));
}

/** The id of the request that is answered; `undefined`: it has none yet. */
export function requestIdOf(response: ServerResponse): string | undefined {
  return findField(ownFieldsOf(response), 'x-request-id');
}
