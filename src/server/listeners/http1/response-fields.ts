import { EventEmitter } from 'node:events';
import type { OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http';

/** Fields in one of the forms that node:http takes: an object, or a flat list of names and values. */
export type Fields = OutgoingHttpHeaders | readonly OutgoingHttpHeader[];

/** The fields of an answer, set one by one before its head is written, or given with it. */
export class ResponseFields extends EventEmitter {
  headersSent = false;
  /** By their names in lower case; each keeps the name that it was given. */
  #fields: Map<string, [name: string, value: OutgoingHttpHeader]> | undefined;
  #lines: readonly string[] = [];

  setHeader(name: string, value: OutgoingHttpHeader): this {
    this.assertOpen();
    this.#fields ??= new Map();
    this.#fields.set(name.toLowerCase(), [name, value]);
    return this;
  }

  setHeaders(fields: Iterable<readonly [string, OutgoingHttpHeader]>): this {
    for (const [name, value] of fields) {
      // Its lines cannot be joined: whoever iterates over them gives one after the other.
      if (name.toLowerCase() === 'set-cookie') this.appendHeader(name, value as string);
      else this.setHeader(name, value);
    }
    return this;
  }

  appendHeader(name: string, value: string | readonly string[]): this {
    const before = this.#fields?.get(name.toLowerCase())?.[1];
    return this.setHeader(name, before === undefined ? (value as string) : ([before, value].flat() as string[]));
  }

  /** Also one that was given with the head. */
  getHeader(name: string): OutgoingHttpHeader | undefined {
    const lower = name.toLowerCase();
    const set = this.#fields?.get(lower);
    if (set !== undefined) return set[1];
    const at = this.#lines.findIndex((each, index) => index % 2 === 0 && each.toLowerCase() === lower);
    return at === -1 ? undefined : this.#lines[at + 1];
  }

  getHeaders(): OutgoingHttpHeaders {
    return Object.fromEntries(this.getHeaderNames().map((name) => [name, this.getHeader(name)]));
  }

  getHeaderNames(): string[] {
    return [...(this.#fields?.keys() ?? [])];
  }

  hasHeader(name: string): boolean {
    return this.#fields?.has(name.toLowerCase()) ?? false;
  }

  removeHeader(name: string): void {
    this.assertOpen();
    this.#fields?.delete(name.toLowerCase());
  }

  /**
   * All fields of the head: those in `given` take the place of those that were set.
   * @returns Name, value, name, value.
   */
  protected gather(given: Fields | undefined): readonly string[] {
    this.#lines = this.#fields === undefined && isLines(given) ? given : this.#merge(given);
    return this.#lines;
  }

  protected assertOpen(): void {
    if (this.headersSent) throw new Error('The head of the answer is written');
  }

  #merge(given: Fields | undefined): string[] {
    const fields = new Map(this.#fields);
    if (isLines(given)) {
      for (let at = 0; at < given.length; at += 2) fields.delete(String(given[at]).toLowerCase());
    } else if (given !== undefined) {
      for (const [name, value] of Object.entries(given as OutgoingHttpHeaders)) {
        if (value !== undefined) fields.set(name.toLowerCase(), [name, value]);
      }
    }
    const lines = toLines(fields.values());
    if (isLines(given)) lines.push(...given.map(String));
    return lines;
  }
}

/** A field of several values has a line for each. */
export function toLines(
  fields: Iterable<readonly [name: string, value: OutgoingHttpHeader | readonly string[]]>,
): string[] {
  const lines: string[] = [];
  for (const [name, value] of fields) {
    if (Array.isArray(value)) for (const each of value) lines.push(name, each);
    else lines.push(name, String(value));
  }
  return lines;
}

/** Numbers among them are written as they are. */
function isLines(fields: Fields | undefined): fields is readonly string[] {
  return Array.isArray(fields);
}
