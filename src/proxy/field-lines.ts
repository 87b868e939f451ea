import type { ServerResponse } from 'node:http';

/** Field lines in a flat list: name, value, name, value. Names in lower case. */
export type FieldLines = string[];

/** The value of the first line with this name. @param name In lower case. */
export function findField(lines: readonly string[], name: string): string | undefined {
  for (let at = 0; at < lines.length; at += 2) if (lines[at] === name) return lines[at + 1];
  return undefined;
}

/** Removes every line with this name. @param name In lower case. */
export function removeField(lines: FieldLines, name: string): void {
  let kept = 0;
  for (let at = 0; at < lines.length; at += 2) {
    if (lines[at] === name) continue;
    lines[kept] = lines[at] as string;
    lines[kept + 1] = lines[at + 1] as string;
    kept += 2;
  }
  lines.length = kept;
}

/** Puts one line in the place of all with this name. @param name In lower case. */
export function setField(lines: FieldLines, name: string, value: string): void {
  removeField(lines, name);
  lines.push(name, value);
}

/** Sets the lines on a response whose head is not written by the line. */
export function setFields(response: ServerResponse, lines: readonly string[]): void {
  for (let at = 0; at < lines.length; at += 2) response.setHeader(lines[at] as string, lines[at + 1] as string);
}
