import { resolve } from 'node:path';
import { isMapping } from './mapping.ts';
import type { Place } from './place.ts';
import { hasScheme } from './schema/path.ts';
import type { Source } from './source.ts';

/** What the command line puts over the file. */
export interface ConfigOverrides {
  readonly host?: string | undefined;
  /** As typed; checked like the file's. */
  readonly port?: string | number | undefined;
  /** A supergraph file, relative to the working directory, or its URL. */
  readonly supergraph?: string | undefined;
  readonly engine?: string | undefined;
}

const KEYS: Readonly<Record<keyof ConfigOverrides, readonly [section: string, key: string]>> = {
  host: ['server', 'host'],
  port: ['server', 'port'],
  supergraph: ['supergraph', 'source'],
  engine: ['graphql', 'engine'],
};

/**
 * The source with the overrides in it, placed at their options, so that they are checked like what is written.
 * @param workingDirectory Absolute; what a supergraph file is relative to.
 */
export function override(source: Source, overrides: ConfigOverrides, workingDirectory: string): Source {
  return (Object.keys(KEYS) as (keyof ConfigOverrides)[]).reduce((current, option) => {
    const value = overrides[option];
    if (value === undefined) return current;
    const isFile = option === 'supergraph' && !hasScheme(String(value));
    return put(current, option, isFile ? resolve(workingDirectory, String(value)) : String(value), String(value));
  }, source);
}

function put(source: Source, option: keyof ConfigOverrides, value: string, typed: string): Source {
  const [section, key] = KEYS[option];
  const data = source.data as Readonly<Record<string, unknown>> | undefined;
  const old = data?.[section] ?? {};
  // What is not a mapping is reported as such.
  if (!isMapping(data) || !isMapping(old)) return source;
  const place: Place = {
    file: `--${option}`,
    line: 0,
    column: 0,
    written: JSON.stringify(typed),
    isUntyped: true,
    isSecret: false,
    isUnknown: false,
    children: new Map(),
  };
  const around = source.top.children.get(section) ?? { ...source.top, children: new Map() };
  const placed = { ...around, written: 'a mapping', children: new Map([...around.children, [key, place]]) };
  return {
    ...source,
    data: { ...data, [section]: { ...old, [key]: value } },
    top: { ...source.top, children: new Map([...source.top.children, [section, placed]]) },
  };
}
