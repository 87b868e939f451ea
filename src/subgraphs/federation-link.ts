import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
  Kind,
  parse,
  type SchemaExtensionNode,
  visit,
} from 'graphql';

/** The directives of the federation specification, and the minor version of Federation 2 that brought each. */
const SINCE_MINOR: Readonly<Record<string, number>> = {
  key: 0,
  requires: 0,
  provides: 0,
  external: 0,
  extends: 0,
  shareable: 0,
  override: 0,
  inaccessible: 0,
  tag: 0,
  composeDirective: 1,
  interfaceObject: 3,
  authenticated: 5,
  requiresScopes: 5,
  policy: 6,
  context: 8,
  fromContext: 8,
  cost: 9,
  listSize: 9,
};

/** What is linked at least: what routers of the last years all read. */
const LOWEST_MINOR = 5;

const FEDERATION_URL = /^https:\/\/specs\.apollo\.dev\/federation\/v\d+\.\d+$/;

/** Directives of Weir's own: composed into the supergraph under their names. */
const GATEWAY_DIRECTIVES: Readonly<Record<string, { readonly url: string; readonly definition: string }>> = {
  rateLimit: {
    url: 'https://weir.dev/rateLimit/v0.1',
    definition: `directive @rateLimit(
      max: Int, window: String, identityArgs: [String], arrayLengthField: String, uncountRejected: Boolean
    ) on FIELD_DEFINITION`,
  },
};

/** How a document names the directives of the federation specification. */
export interface FederationLink {
  /** Whether the document links Federation 2; Federation 1 has no `@link`. */
  readonly isVersion2: boolean;
  /** The specification's name (`key`) of a directive as the document writes it (`federation__key`); `undefined`: none of its. */
  standardName(directive: string): string | undefined;
  /** How the document writes a directive of the specification, or would once it is imported. */
  localName(standard: string): string;
}

/** Reads the `@link` to the federation specification: imports, renamed imports (`as`) and the namespace. */
export function readFederationLink(document: DocumentNode): FederationLink {
  const link = schemaDirectives(document).find(isFederationLink);
  if (link === undefined) {
    const standardName = (name: string) => (Object.hasOwn(SINCE_MINOR, name) ? name : undefined);
    return { isVersion2: false, standardName, localName: (name) => name };
  }
  const imported = new Map<string, string>();
  for (const item of importsOf(link)) {
    if (item.kind === Kind.STRING) imported.set(withoutAt(item.value), withoutAt(item.value));
    if (item.kind !== Kind.OBJECT) continue;
    const name = stringOf(item.fields.find((field) => field.name.value === 'name')?.value);
    const as = stringOf(item.fields.find((field) => field.name.value === 'as')?.value) ?? name;
    if (name !== undefined && as !== undefined) imported.set(withoutAt(as), withoutAt(name));
  }
  const namespace = `${stringOf(argumentOf(link, 'as')) ?? 'federation'}__`;
  return {
    isVersion2: true,
    standardName(directive) {
      if (directive.startsWith(namespace)) return directive.slice(namespace.length);
      return imported.get(directive);
    },
    localName: (standard) => [...imported].find(([, name]) => name === standard)?.[0] ?? standard,
  };
}

/** Whether the SDL speaks of federation at all: links it, or uses a directive that only federation has. */
export function usesFederation(document: DocumentNode): boolean {
  const link = readFederationLink(document);
  if (link.isVersion2) return true;
  const defined = definedDirectives(document);
  return [...usedDirectives(document)].some(
    (name) => ['key', 'requires', 'provides', 'external'].includes(name) && !defined.has(name),
  );
}

/**
 * Completes an SDL that was not written for federation: links Federation 2 and imports every directive of it that is used and
 * not yet imported; likewise the gateway's own directives. An SDL that is complete comes back as it is.
 */
export function linkFederation(document: DocumentNode): DocumentNode {
  const used = usedDirectives(document);
  const gateway = Object.entries(GATEWAY_DIRECTIVES).filter(([name]) => used.has(name) && !isLinked(document, name));
  const link = readFederationLink(document);
  const wanted = [...used].filter(
    (name) => Object.hasOwn(SINCE_MINOR, name) && (!link.isVersion2 || link.standardName(name) === undefined),
  );
  if (
    gateway.length > 0 &&
    !wanted.includes('composeDirective') &&
    (!link.isVersion2 || link.standardName('composeDirective') === undefined)
  ) {
    wanted.push('composeDirective');
  }
  if (link.isVersion2 && wanted.length === 0 && gateway.length === 0) return document;

  const kept = document.definitions.filter(
    (node) => node.kind !== Kind.DIRECTIVE_DEFINITION || !Object.hasOwn(SINCE_MINOR, node.name.value),
  );
  const linked = link.isVersion2 ? extendImports(kept, wanted) : [newLink(wanted), ...kept];
  const defined = definedDirectives(document);
  for (const [name, { url, definition }] of gateway) {
    linked.push(
      ...parse(`extend schema @link(url: "${url}", import: ["@${name}"]) @composeDirective(name: "@${name}")`, {
        noLocation: true,
      }).definitions,
    );
    if (!defined.has(name)) linked.push(...parse(definition, { noLocation: true }).definitions);
  }
  return { ...document, definitions: linked };
}

function newLink(imports: readonly string[]): SchemaExtensionNode {
  const minor = Math.max(LOWEST_MINOR, ...imports.map((name) => SINCE_MINOR[name] ?? 0));
  const list = imports.map((name) => `"@${name}"`).join(', ');
  const text = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.${minor}", import: [${list}])`;
  return parse(text, { noLocation: true }).definitions[0] as SchemaExtensionNode;
}

function extendImports(definitions: readonly DocumentNode['definitions'][number][], names: readonly string[]) {
  const added: ConstValueNode[] = names.map((name) => ({ kind: Kind.STRING, value: `@${name}` }));
  return definitions.map((node) => {
    if (node.kind !== Kind.SCHEMA_DEFINITION && node.kind !== Kind.SCHEMA_EXTENSION) return node;
    const directives = node.directives?.map((directive) => {
      if (!isFederationLink(directive)) return directive;
      const others = directive.arguments?.filter((argument) => argument.name.value !== 'import') ?? [];
      const values = [...importsOf(directive), ...added];
      const argument = {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: 'import' },
        value: { kind: Kind.LIST, values },
      } as const;
      return { ...directive, arguments: [...others, argument] };
    });
    return { ...node, ...(directives === undefined ? {} : { directives }) };
  });
}

function usedDirectives(document: DocumentNode): Set<string> {
  const used = new Set<string>();
  visit(document, { Directive: (node) => void used.add(node.name.value) });
  return used;
}

function definedDirectives(document: DocumentNode): Set<string> {
  const isDefinition = (node: DocumentNode['definitions'][number]): node is DirectiveDefinitionNode =>
    node.kind === Kind.DIRECTIVE_DEFINITION;
  return new Set(document.definitions.filter(isDefinition).map((node) => node.name.value));
}

function schemaDirectives(document: DocumentNode): readonly ConstDirectiveNode[] {
  return document.definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION ? (node.directives ?? []) : [],
  );
}

function isLinked(document: DocumentNode, name: string): boolean {
  return schemaDirectives(document).some((directive) =>
    importsOf(directive).some((item) => item.kind === Kind.STRING && item.value === `@${name}`),
  );
}

function isFederationLink(directive: ConstDirectiveNode): boolean {
  return directive.name.value === 'link' && FEDERATION_URL.test(stringOf(argumentOf(directive, 'url')) ?? '');
}

function importsOf(link: ConstDirectiveNode): readonly ConstValueNode[] {
  const value = argumentOf(link, 'import');
  return value?.kind === Kind.LIST ? value.values : [];
}

function argumentOf(directive: ConstDirectiveNode, name: string): ConstValueNode | undefined {
  return directive.arguments?.find((argument) => argument.name.value === name)?.value;
}

function stringOf(value: ConstValueNode | undefined): string | undefined {
  return value?.kind === Kind.STRING ? value.value : undefined;
}

function withoutAt(name: string): string {
  return name.startsWith('@') ? name.slice(1) : name;
}
