import type { FieldLines } from '../field-lines.ts';

/** The values of all lines with this name as one list (RFC 9110 §5.3); `undefined`: there is none. @param name In lower case. */
export function joinField(lines: Readonly<FieldLines>, name: string): string | undefined {
  let joined: string | undefined;
  for (let at = 0; at < lines.length; at += 2) {
    if (lines[at] === name) joined = joined === undefined ? lines[at + 1] : `${joined}, ${lines[at + 1]}`;
  }
  return joined;
}
