import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isListType,
  isObjectType,
  Kind,
  parse,
} from 'graphql';
import { operationDefinition } from '../../subgraph-operation.ts';
import { suggestName } from '../../suggest-name.ts';
import { LookupError } from './lookup-error.ts';

export function findEntityType(schema: GraphQLSchema, typeName: string): GraphQLObjectType {
  const type = schema.getType(typeName);
  if (isObjectType(type)) return type;
  const names = Object.values(schema.getTypeMap()).filter(
    (candidate) => isObjectType(candidate) && !candidate.name.startsWith('__'),
  );
  const message = type === undefined ? `the schema has no type "${typeName}"` : `"${typeName}" is no object type`;
  throw new LookupError(
    `entities: ${message}`,
    suggestName(
      typeName,
      names.map((candidate) => candidate.name),
    ),
  );
}

export function readKey(type: GraphQLObjectType, key: string, at: string): string[] {
  const names = key.trim().split(/[\s,]+/);
  const fields = type.getFields();
  for (const name of names) {
    const field = fields[name];
    if (field === undefined) {
      throw new LookupError(
        `${at}: the key "${key}" names "${name}", which ${type.name} does not have`,
        suggestName(name, Object.keys(fields)),
      );
    }
    if (!isLeafType(getNullableType(field.type))) {
      throw new LookupError(
        `${at}: the key field "${name}" is of type ${field.type}`,
        'A key is made of scalars and enums',
      );
    }
  }
  return names;
}

export function parseCall(text: string, at: string): FieldNode {
  try {
    const { selections } = operationDefinition(parse(`{${text}}`, { noLocation: true })).selectionSet;
    const [selection] = selections;
    if (selections.length === 1 && selection?.kind === Kind.FIELD && selection.selectionSet === undefined)
      return selection;
  } catch (error) {
    throw new LookupError(
      `${at}: the lookup "${text}" is no GraphQL: ${(error as Error).message}`,
      'Write it like "usersByIds(ids: $id)"',
    );
  }
  throw new LookupError(`${at}: the lookup "${text}" is not one query field`, 'Write it like "usersByIds(ids: $id)"');
}

export function findRootField(schema: GraphQLSchema, call: FieldNode, at: string): GraphQLField<unknown, unknown> {
  const fields = schema.getQueryType()?.getFields() ?? {};
  const field = fields[call.name.value];
  if (field !== undefined) return field;
  throw new LookupError(
    `${at}: the schema has no query field "${call.name.value}"`,
    suggestName(call.name.value, Object.keys(fields)),
  );
}

export function readReturnType(
  schema: GraphQLSchema,
  field: GraphQLField<unknown, unknown>,
  type: GraphQLObjectType,
  at: string,
) {
  const outer: GraphQLOutputType = getNullableType(field.type);
  const inner = isListType(outer) ? getNullableType(outer.ofType) : outer;
  const named = getNamedType(inner);
  const fits = named === type || (isAbstractType(named) && schema.isSubType(named, type));
  if (isListType(inner) || !isCompositeType(inner) || !fits) {
    throw new LookupError(
      `${at}: the query field "${field.name}" returns ${field.type}`,
      `Name a field that returns ${type.name} or [${type.name}]`,
    );
  }
  return { list: isListType(outer), abstract: isAbstractType(named) };
}
