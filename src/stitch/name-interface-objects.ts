import type { ExecutionRequest } from '@graphql-tools/utils';
import { type DocumentNode, Kind, type NamedTypeNode, visit } from 'graphql';
import type { SubgraphResult } from '../subgraphs/subgraph.ts';

/** Rewrites requests and results for a subgraph that has interface objects in place of concrete types. */
export interface InterfaceObjectNames {
  request(request: ExecutionRequest): ExecutionRequest;
  /** Entities get the type that their representation had. */
  result(result: SubgraphResult, request: ExecutionRequest): SubgraphResult;
}

/** @param objects the interface object that stands for each concrete type. */
export function nameInterfaceObjects(objects: ReadonlyMap<string, string>): InterfaceObjectNames {
  const documents = new WeakMap<DocumentNode, DocumentNode>();
  const rename = (type: NamedTypeNode): NamedTypeNode => {
    const name = objects.get(type.name.value);
    return name === undefined ? type : { ...type, name: { kind: Kind.NAME, value: name } };
  };

  function renameDocument(document: DocumentNode): DocumentNode {
    let renamed = documents.get(document);
    if (renamed === undefined) {
      renamed = visit(document, {
        InlineFragment: (node) =>
          node.typeCondition === undefined ? undefined : { ...node, typeCondition: rename(node.typeCondition) },
        FragmentDefinition: (node) => ({ ...node, typeCondition: rename(node.typeCondition) }),
      });
      documents.set(document, renamed);
    }
    return renamed;
  }

  return {
    request(request) {
      const variables = Object.fromEntries(
        Object.entries(request.variables ?? {}).map(([name, value]) => [
          name,
          isRepresentations(name, value)
            ? value.map((item) => withTypename(item, objects.get(typenameOf(item))))
            : value,
        ]),
      );
      return { ...request, document: renameDocument(request.document), variables };
    },
    result(result, { document, variables = {} }) {
      const { data } = result;
      if (typeof data !== 'object' || data === null) return result;
      const restored: Record<string, unknown> = { ...data };
      for (const { key, variable } of entityRoots(document)) {
        const [entities, representations] = [data[key], variables[variable]];
        if (!Array.isArray(entities) || !isRepresentations(variable, representations)) continue;
        restored[key] = entities.map((entity, index) => {
          const typename = typenameOf(representations[index]);
          return objects.get(typename) === typenameOf(entity) ? withTypename(entity, typename) : entity;
        });
      }
      return { ...result, data: restored };
    },
  };
}

type Typed = { readonly __typename?: unknown };

function isRepresentations(name: string, value: unknown): value is readonly Typed[] {
  return name.endsWith('representations') && Array.isArray(value);
}

function typenameOf(value: Typed | null | undefined): string {
  return String(value?.__typename);
}

function withTypename(value: Typed, typename: string | undefined): Typed {
  return typename === undefined ? value : { ...value, __typename: typename };
}

function entityRoots(document: DocumentNode): readonly { readonly key: string; readonly variable: string }[] {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  return (operation?.selectionSet.selections ?? []).flatMap((node) => {
    if (node.kind !== Kind.FIELD || node.name.value !== '_entities') return [];
    const value = node.arguments?.find(({ name }) => name.value === 'representations')?.value;
    return value?.kind === Kind.VARIABLE ? [{ key: (node.alias ?? node.name).value, variable: value.name.value }] : [];
  });
}
