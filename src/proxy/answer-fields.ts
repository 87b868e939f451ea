import type { FieldFilter } from './field-filter.ts';
import type { FieldLines } from './field-lines.ts';
import { readConnectionOptions } from './hop-by-hop.ts';

/** The fields of an upstream's answer that go on to the client. */
export function endToEndFields(lines: readonly string[], filter: FieldFilter): FieldLines {
  let connection: string | undefined;
  const kept: FieldLines = [];
  for (let at = 0; at < lines.length; at += 2) {
    const written = lines[at] as string;
    const value = lines[at + 1] as string;
    const name = filter.nameInAnswer(written);
    if (name !== false) kept.push(name, value);
    else if (written.toLowerCase() === 'connection') {
      connection = connection === undefined ? value : `${connection},${value}`;
    }
  }
  const named = readConnectionOptions(connection);
  return named === undefined ? kept : kept.filter((_, at) => !named.has(kept[at - (at % 2)] as string));
}
