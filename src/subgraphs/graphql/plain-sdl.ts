import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  Kind,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import { linkFederation, readFederationLink } from '../federation-link.ts';
import { isObject, rootTypeName, withoutMachinery } from '../subgraph-schema.ts';
import type { LookupDefinition } from './entities/compile-lookup.ts';

/**
 * Makes the SDL of a plain service a federation subgraph: entities get `@key`, all other object types but the root types get
 * `@shareable`, and what is used of federation is linked. `docs/decisions/plain-graphql-shareable.md` says why.
 */
export function toFederationSdl(
  document: DocumentNode,
  entities: Readonly<Record<string, LookupDefinition | readonly LookupDefinition[]>>,
): DocumentNode {
  const plain = withoutMachinery(document);
  const link = readFederationLink(plain);
  const roots = new Set((['query', 'mutation', 'subscription'] as const).map((kind) => rootTypeName(plain, kind)));
  const definitions = plain.definitions.map((node): DefinitionNode => {
    if (!isObject(node) || roots.has(node.name.value)) return node;
    const isAnnotated = (name: string) =>
      node.directives?.some((directive) => link.standardName(directive.name.value) === name);
    const name = node.name.value;
    const entity = Object.hasOwn(entities, name) ? entities[name] : undefined;
    if (entity === undefined)
      return isAnnotated('shareable') || isAnnotated('key')
        ? node
        : withDirectives(node, [directive(link.localName('shareable'))]);
    if (node.kind === Kind.OBJECT_TYPE_EXTENSION) return node;
    const keys = [
      ...new Set(
        [entity].flat().map(({ key }) =>
          key
            .trim()
            .split(/[\s,]+/)
            .join(' '),
        ),
      ),
    ];
    const missing = keys.filter((key) => !node.directives?.some((existing) => keyOf(existing) === key));
    return withDirectives(
      node,
      missing.map((key) => directive(link.localName('key'), key)),
    );
  });
  return linkFederation({ ...plain, definitions });
}

function withDirectives<T extends { readonly directives?: readonly ConstDirectiveNode[] | undefined }>(
  node: T,
  added: readonly ConstDirectiveNode[],
): T {
  return { ...node, directives: [...(node.directives ?? []), ...added] };
}

function directive(name: string, fields?: string): ConstDirectiveNode {
  const value = { kind: Kind.STRING, value: fields ?? '' } as const;
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    ...(fields === undefined
      ? {}
      : { arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'fields' }, value }] }),
  };
}

function keyOf(node: ConstDirectiveNode): string | undefined {
  const value = node.arguments?.find((argument) => argument.name.value === 'fields')?.value;
  return value?.kind === Kind.STRING
    ? value.value
        .trim()
        .split(/[\s,]+/)
        .join(' ')
    : undefined;
}

/** Object types that the SDL itself declares to be resolvable entities, and with which key. */
export function declaredKeys(document: DocumentNode): { readonly typeName: string; readonly key: string }[] {
  const link = readFederationLink(document);
  return document.definitions.filter(isObject).flatMap((node: Pick<ObjectTypeDefinitionNode, 'directives' | 'name'>) =>
    (node.directives ?? []).flatMap((existing) => {
      if (link.standardName(existing.name.value) !== 'key') return [];
      const resolvable = existing.arguments?.find((argument) => argument.name.value === 'resolvable')?.value;
      if (resolvable?.kind === Kind.BOOLEAN && !resolvable.value) return [];
      return [{ typeName: node.name.value, key: keyOf(existing) ?? '' }];
    }),
  );
}
