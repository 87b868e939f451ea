import {
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { getOwn, isObject } from '../../mapping/json-data.ts';
import type { CallScope } from './connector-caller.ts';
import type { ConnectorGraph } from './connector-graph.ts';
import type { ObjectReader } from './object-reader.ts';
import { requestedFields } from './requested-fields.ts';

/** Makes the schema executable; the context value of an operation is its {@link CallScope}. */
export function attachResolvers(schema: GraphQLSchema, graph: ConnectorGraph, reader: ObjectReader): void {
  const query = schema.getQueryType();
  const mutation = schema.getMutationType();
  const entityUnion = schema.getType('_Entity');
  const entityTypes = isUnionType(entityUnion) ? entityUnion.getTypes() : [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isAbstractType(type)) type.resolveType = (value) => typeNameOf(value, schema.getPossibleTypes(type));
    if (!isObjectType(type)) continue;
    const reason = type === query ? 'query' : type === mutation ? 'mutation' : 'object';
    for (const field of Object.values(type.getFields())) {
      const connector = graph.byField.get(`${type.name}.${field.name}`);
      const resolve: GraphQLFieldResolver<unknown, CallScope> =
        connector === undefined
          ? (object, _args, scope) => reader.readField(type.name, field.name, object, scope)
          : (object, args, scope) => reader.callField(connector, args, object, scope, reason);
      const givesEntity = entityTypes.some((entity) => entity === getNamedType(field.type));
      field.resolve = givesEntity ? withoutEmptyReferences(resolve) : resolve;
    }
  }
  const entities = query?.getFields()._entities;
  if (entities === undefined) return;
  entities.resolve = (_root, args, scope: CallScope, info) => {
    const representations = args.representations as readonly unknown[];
    return representations.map((representation) => resolveEntity(representation, reader, scope, info));
  };
}

/** `author: { id: author_id }` makes an object of nulls where there is no author: a reference to nothing is null. */
function withoutEmptyReferences(
  resolve: GraphQLFieldResolver<unknown, CallScope>,
): GraphQLFieldResolver<unknown, CallScope> {
  const drop = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(drop);
    return isObject(value) && Object.values(value).every((item) => item === null) ? null : value;
  };
  return (object, args, scope, info) => {
    const value = resolve(object, args, scope, info);
    return value instanceof Promise ? value.then(drop) : drop(value);
  };
}

function resolveEntity(
  representation: unknown,
  reader: ObjectReader,
  scope: CallScope,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  const typeName = isObject(representation) ? String(getOwn(representation, '__typename')) : '';
  return reader.complete(typeName, representation, requestedFields(info, typeName), scope);
}

function typeNameOf(value: unknown, possible: readonly GraphQLObjectType[]): string | undefined {
  const name = isObject(value) ? getOwn(value, '__typename') : undefined;
  return typeof name === 'string' ? name : possible.length === 1 ? possible[0]?.name : undefined;
}
