import type { ExecutionRequest } from '@graphql-tools/utils';
import {
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  Kind,
  type NamedTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { RequestContext } from '../edge/request-context.ts';
import type { SubgraphResult } from '../subgraphs/subgraph.ts';
import { type InterfaceOwner, resolveConcreteTypes } from './concrete-types.ts';

/** Rewrites requests and results for a subgraph that has interface objects in place of concrete types. */
export interface InterfaceObjectNames {
  request(request: ExecutionRequest): ExecutionRequest;
  /** Entities get the type that their representation had, other objects the one that the interface's owner says. */
  result(result: SubgraphResult, request: ExecutionRequest, context: RequestContext): Promise<SubgraphResult>;
}

/**
 * @param objects the interface object that stands for each concrete type.
 * @param owners by interface.
 * @param schema has all fields that the subgraph may be asked for.
 */
export function nameInterfaceObjects(
  objects: ReadonlyMap<string, string>,
  owners: ReadonlyMap<string, InterfaceOwner>,
  schema: GraphQLSchema,
): InterfaceObjectNames {
  const documents = new WeakMap<DocumentNode, DocumentNode>();
  const rename = (type: NamedTypeNode): NamedTypeNode => {
    const name = objects.get(type.name.value);
    return name === undefined ? type : { ...type, name: { kind: Kind.NAME, value: name } };
  };

  function renameDocument(document: DocumentNode): DocumentNode {
    let renamed = documents.get(document);
    if (renamed === undefined) {
      const types = new TypeInfo(schema);
      const visitor: ASTVisitor = {
        Field: {
          leave(node) {
            const owner = owners.get(String(getNamedType(types.getType())));
            if (owner === undefined || node.selectionSet === undefined) return undefined;
            // Whatever is selected: without its key, nobody could say what type an object has.
            const selections = [TYPENAME, ...owner.key.selections, ...node.selectionSet.selections];
            return { ...node, selectionSet: { ...node.selectionSet, selections } };
          },
        },
        InlineFragment: {
          leave: (node) =>
            node.typeCondition === undefined ? undefined : { ...node, typeCondition: rename(node.typeCondition) },
        },
        FragmentDefinition: { leave: (node) => ({ ...node, typeCondition: rename(node.typeCondition) }) },
      };
      renamed = visit(document, visitWithTypeInfo(types, visitor));
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
    async result(result, { document, variables = {} }, context) {
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
      return resolveConcreteTypes({ ...result, data: restored }, owners, context);
    },
  };
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

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
