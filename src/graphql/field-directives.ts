import { getDirectiveExtensions } from '@graphql-tools/utils';
import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * Tells of a document whether it selects a field that carries one of the directives, itself or on its type. The answer
 * is computed once for each document.
 */
export function selectsFieldWith(directives: readonly string[], more: ReadonlySet<string> = new Set()) {
  const coordinatesOf = new WeakMap<GraphQLSchema, ReadonlySet<string>>();
  const answers = new WeakMap<DocumentNode, boolean>();
  return (schema: GraphQLSchema, document: DocumentNode): boolean => {
    const known = answers.get(document);
    if (known !== undefined) return known;
    let coordinates = coordinatesOf.get(schema);
    if (coordinates === undefined) {
      coordinates = fieldsWith(schema, directives).union(more);
      coordinatesOf.set(schema, coordinates);
    }
    const answer = coordinates.size > 0 && selectsAny(schema, document, coordinates);
    answers.set(document, answer);
    return answer;
  };
}

/** Coordinates (`Type.field`) of all fields that carry one of the directives, or whose type does. */
function fieldsWith(schema: GraphQLSchema, directives: readonly string[]): Set<string> {
  const coordinates = new Set<string>();
  const isMarked = (element: object) => {
    const extensions = getDirectiveExtensions(element, schema) as Record<string, unknown>;
    return directives.some((name) => extensions[name] !== undefined);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    const typeIsMarked = isMarked(type);
    for (const field of Object.values(type.getFields())) {
      if (typeIsMarked || isMarked(field)) coordinates.add(`${type.name}.${field.name}`);
    }
  }
  return coordinates;
}

function selectsAny(schema: GraphQLSchema, document: DocumentNode, coordinates: ReadonlySet<string>): boolean {
  let found = false;
  const typeInfo = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field(node) {
        const parent = getNamedType(typeInfo.getParentType() ?? undefined);
        const types = isUnionType(parent) ? parent.getTypes() : parent === undefined ? [] : [parent];
        if (types.some((type) => coordinates.has(`${type.name}.${node.name.value}`))) found = true;
      },
    }),
  );
  return found;
}
