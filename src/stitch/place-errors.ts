import { defaultMergedResolver } from '@graphql-tools/delegate';
import {
  GraphQLError,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  responsePathAsArray,
} from 'graphql';
import { findClientPath, type ResponsePath } from './client-path.ts';
import { findDelegatedError, ledgerOf } from './error-ledger.ts';
import { restoreRefused, toLenientType } from './leaf-values.ts';

/**
 * Makes every resolver of a stitched schema give subgraph errors the path of the place where they stand.
 *
 * Delegation puts the right error into the right place of the data, but derives its path from the field that caused
 * the first fetch of a batch: it lacks list indices, and an entity that several places share has only one path.
 */
export function placeErrors(schema: GraphQLSchema): GraphQLSchema {
  const roots = new Set([schema.getQueryType(), schema.getMutationType()]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = (field.resolve ?? defaultMergedResolver) as GraphQLFieldResolver<unknown, unknown>;
      const isLeaf = isLeafType(getNamedType(field.type));
      const placed = placing(isLeaf ? resolveLeaf(field, resolve, roots.has(type)) : resolve);
      field.resolve = isLeaf || !hasNonNullItems(field.type) ? placed : promisingItems(placed);
    }
  }
  return schema;
}

function placing(resolve: GraphQLFieldResolver<unknown, unknown>): GraphQLFieldResolver<unknown, unknown> {
  return (parent, args, context, info) => {
    restoreMerged(parent, String(info.path.key), context);
    const result: unknown = resolve(parent, args, context, info);
    return result instanceof Promise
      ? result.then(
          (value) => place(value, context, info),
          (error) => {
            throw place(error, context, info);
          },
        )
      : place(result, context, info);
  };
}

/**
 * Where an item that may not be null fails at once, the executor forgets the items before it that are still under way, and
 * what these fail with would be a rejection that nobody handles. Items that are promises all fail later.
 */
function promisingItems(resolve: GraphQLFieldResolver<unknown, unknown>): GraphQLFieldResolver<unknown, unknown> {
  return (parent, args, context, info) => {
    const result: unknown = resolve(parent, args, context, info);
    return result instanceof Promise ? result.then(toPromises) : toPromises(result);
  };
}

function toPromises(value: unknown): unknown {
  return Array.isArray(value) ? value.map(async (item) => toPromises(item)) : value;
}

function hasNonNullItems(type: GraphQLOutputType): boolean {
  if (isNonNullType(type)) return hasNonNullItems(type.ofType as GraphQLOutputType);
  return isListType(type) && (isNonNullType(type.ofType) || hasNonNullItems(type.ofType));
}

function restoreMerged(parent: unknown, responseKey: string, context: unknown): void {
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, responseKey)) return;
  const fields = parent as Record<string, unknown>;
  const value = fields[responseKey];
  const restored = ledgerOf(context)?.restoreErrors(value);
  if (restored !== undefined && restored !== value) fields[responseKey] = restored;
}

function resolveLeaf(
  { type }: GraphQLField<unknown, unknown>,
  resolve: GraphQLFieldResolver<unknown, unknown>,
  isRoot: boolean,
): GraphQLFieldResolver<unknown, unknown> {
  if (isRoot) {
    const returnType = toLenientType(type);
    return (parent, args, context, info) => resolve(parent, args, context, { ...info, returnType });
  }
  return (parent, args, context, info) => {
    const result: unknown = resolve(parent, args, context, info);
    const responseKey = String(info.path.key);
    return result instanceof Promise
      ? result.then((value) => restoreRefused(parent, responseKey, value))
      : restoreRefused(parent, responseKey, result);
  };
}

function place(value: unknown, context: unknown, info: GraphQLResolveInfo): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return placeError(value, context, responsePathAsArray(info.path));
  if (Array.isArray(value) && hasError(value)) return placeInList(value, context, responsePathAsArray(info.path));
  return value;
}

function hasError(list: readonly unknown[]): boolean {
  return list.some((item) => item instanceof Error || (Array.isArray(item) && hasError(item)));
}

function placeInList(list: readonly unknown[], context: unknown, path: ResponsePath): unknown[] {
  return list.map((item, index) => {
    if (item instanceof Error) return placeError(item, context, [...path, index]);
    return Array.isArray(item) ? placeInList(item, context, [...path, index]) : item;
  });
}

function placeError(error: Error, context: unknown, path: ResponsePath): Error {
  if (error instanceof AggregateError) {
    return new AggregateError(
      error.errors.map((item) => placeError(item, context, path)),
      error.message,
    );
  }
  const source = findDelegatedError(error);
  if (source === undefined) {
    const own = error instanceof GraphQLError ? error : undefined;
    const originalError = own === undefined ? error : own.originalError;
    return new GraphQLError(error.message, { path, extensions: own?.extensions ?? {}, originalError });
  }
  ledgerOf(context)?.report(source);
  return new GraphQLError(source.message, {
    path: findClientPath(path, source.sourcePath),
    extensions: source.extensions,
    originalError: source,
  });
}
