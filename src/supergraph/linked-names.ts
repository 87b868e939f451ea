import { type ConstDirectiveNode, type ConstValueNode, type DocumentNode, Kind } from 'graphql';
import { argumentValue, stringArgument } from './directive-arguments.ts';

/** What the `@link` (or, in Federation 1, `@core`) applications of a supergraph say of names. */
export interface LinkedNames {
  /** Whether a directive or type is part of the machinery: of a specification that clients never see. */
  isMachinery(name: string): boolean;
  /** The name that a directive has in its own specification: `auth` is `authenticated` where a link renames it so. */
  canonicalDirective(name: string): string;
}

/** Specifications whose directives change how the gateway serves a field: their meaning stays with the public schema. */
const KEPT = new Set(['authenticated', 'requiresScopes', 'policy', 'cost', 'inaccessible', 'tag']);

/**
 * Reads the links of a supergraph.
 * @see https://specs.apollo.dev/link/v1.0/ (names: `@spec`, `@spec__name`, imports and their renamings)
 */
export function readLinkedNames(supergraph: DocumentNode): LinkedNames {
  const namespaces = new Set(['link', 'core', 'join', 'connect']);
  const canonical = new Map<string, string>();

  for (const link of linkDirectives(supergraph)) {
    const url = stringArgument(link, 'url') ?? stringArgument(link, 'feature') ?? '';
    const spec = SPEC_OF_URL.exec(url)?.[1];
    if (spec === undefined) continue;
    const local = stringArgument(link, 'as') ?? spec;
    if (url.startsWith('https://specs.apollo.dev/') && !KEPT.has(spec)) namespaces.add(local);
    if (local !== spec) canonical.set(local, spec);
    for (const [imported, as] of importedDirectives(argumentValue(link, 'import'))) {
      if (imported !== as) canonical.set(as, imported);
      canonical.set(`${local}__${imported}`, imported);
    }
  }

  return {
    isMachinery: (name) => namespaces.has(name) || namespaces.has(name.split('__', 1)[0] ?? ''),
    canonicalDirective: (name) => canonical.get(name) ?? name,
  };
}

/** `…/name/v1.2`: the specification's name is the segment before the version. */
const SPEC_OF_URL = /([^/]+)\/v\d+\.\d+\/?$/;

function* linkDirectives(document: DocumentNode): Iterable<ConstDirectiveNode> {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const directive of definition.directives ?? []) {
      if (directive.name.value === 'link' || directive.name.value === 'core') yield directive;
    }
  }
}

function* importedDirectives(value: ConstValueNode | undefined): Iterable<readonly [imported: string, as: string]> {
  if (value?.kind !== Kind.LIST) return;
  for (const item of value.values) {
    if (item.kind === Kind.STRING && item.value.startsWith('@')) yield [item.value.slice(1), item.value.slice(1)];
    if (item.kind !== Kind.OBJECT) continue;
    const text = (key: string) => {
      const field = item.fields.find(({ name }) => name.value === key);
      return field?.value.kind === Kind.STRING ? field.value.value : undefined;
    };
    const imported = text('name');
    if (imported?.startsWith('@')) yield [imported.slice(1), (text('as') ?? imported).slice(1)];
  }
}
