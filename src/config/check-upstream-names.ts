import { basename, extname } from 'node:path';
import type { ConfigError } from './config-error.ts';
import { isMapping } from './mapping.ts';
import { placeAt } from './place.ts';
import { UPSTREAM_NAME } from './schema/upstream.ts';
import type { Source } from './source.ts';

/** The name of an upstream's graph in the supergraph: a GraphQL enum value made from the upstream's name. */
export function graphEnumName(upstreamName: string): string {
  return upstreamName.toUpperCase().replace(/\W/g, '_');
}

/** The name of an upstream whose file gives none. */
export function defaultUpstreamName(file: string): string {
  return basename(file, extname(file));
}

interface NamedSource {
  readonly source: Source;
  readonly name: string;
}

/** Names must differ, also as graphs of the supergraph, where case and `-` are lost. */
export function checkUpstreamNames(sources: readonly Source[]): ConfigError[] {
  const firsts = new Map<string, NamedSource>();
  return sources.flatMap(nameSource).flatMap((upstream) => {
    const { source, name } = upstream;
    const { file, line, column } = placeOf(upstream);
    const isDefault = placeAt(source.top, ['name']) === undefined;
    if (isDefault && !UPSTREAM_NAME.test(name)) {
      const message = `The file's name must be a letter, then letters, digits, "_" and "-", got "${name}"`;
      return [{ file, line, column, message, hint: 'Rename the file, or add `name:` to it' }];
    }
    const first = firsts.get(graphEnumName(name));
    if (first === undefined) {
      firsts.set(graphEnumName(name), upstream);
      return [];
    }
    const where = `${basename(first.source.file)}:${placeOf(first).line}`;
    const message =
      name === first.name
        ? `Upstream names must be unique, and ${show(upstream)} is also in ${where}`
        : `Upstream names must differ in more than case, "_" and "-", and ${show(upstream)} is like ${show(first)} in ${where}`;
    return [{ file, line, column, message, hint: 'Give one of them another `name:`' }];
  });
}

/** The upstream's name as far as it is known; other reports say why it is not. */
function nameSource(source: Source): NamedSource[] {
  if (source.top.isUnknown || placeAt(source.top, ['name'])?.isUnknown) return [];
  const written = isMapping(source.data) ? source.data.name : undefined;
  const name = written ?? defaultUpstreamName(source.file);
  return typeof name === 'string' ? [{ source, name }] : [];
}

function placeOf({ source }: NamedSource) {
  return placeAt(source.top, ['name']) ?? source.top;
}

function show({ source, name }: NamedSource): string {
  return placeAt(source.top, ['name'])?.written ?? `"${name}" (from the file's name)`;
}
