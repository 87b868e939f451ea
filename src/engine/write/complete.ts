import { GraphQLError, type GraphQLLeafType, isEnumType } from 'graphql';
import { isJsonObject, type JsonObject } from '../own.ts';
import { Failure, type Path, toResponsePath } from '../run/failure.ts';
import type { Run } from '../run/run.ts';
import type { AbstractShape, LeafShape, PathTemplate, Position } from './shape.ts';

/** A JSON value; `undefined`: the place is null though its type is not, and what holds it becomes null (GraphQL §6.4.4). */
export type Completed = unknown;

/** What stands at a place without a value: null, absent, or failed (GraphQL §6.4.4). */
export function completeNull(run: Run, value: unknown, position: Position, parent: JsonObject): Completed {
  if (value instanceof Failure) {
    const path = [...pathAt(run, position.path), ...toResponsePath(value.suffix)];
    if (!value.isCollateral) run.report(value.error, path);
    else if (run.collateral === undefined) run.collateral = [{ error: value.error, path }];
    else run.collateral.push({ error: value.error, path });
    return position.isNonNull ? undefined : null;
  }
  if (!position.isNonNull) return null;
  return fail(run, position, `Cannot return null for non-nullable field ${coordinateText(position, parent)}.`);
}

/** What stands at a place whose value does not fit its type. */
export function fail(run: Run, position: Position, message: string): Completed {
  run.addError({ message, path: pathAt(run, position.path), extensions: { code: 'UPSTREAM_BAD_RESPONSE' } });
  return position.isNonNull ? undefined : null;
}

/** A leaf that is not plainly of its type: coerced as GraphQL §3.5 allows, or an error. */
export function completeLeaf(run: Run, value: unknown, shape: LeafShape, parent: JsonObject): Completed {
  if (value === null || value === undefined || value instanceof Failure) return completeNull(run, value, shape, parent);
  const { type } = shape;
  // The message of graphql-js would name a value that clients may not know of.
  if (isEnumType(type)) return fail(run, shape, `Enum "${type.name}" cannot represent the value that an upstream gave`);
  try {
    const coerced = type.coerceOutputValue(value);
    if (coerced === null || coerced === undefined) return completeNull(run, null, shape, parent);
    return coerced;
  } catch (error) {
    return fail(run, shape, messageOf(error, type));
  }
}

/** An object that cannot be completed: null, absent, failed, or no object at all. */
export function completeNoObject(
  run: Run,
  value: unknown,
  shape: Position & { readonly typeName?: string },
  parent: JsonObject,
): Completed {
  if (value === null || value === undefined || value instanceof Failure) return completeNull(run, value, shape, parent);
  return fail(run, shape, `Expected an object for field "${coordinateText(shape, parent)}"`);
}

/** A value that is no list where the type is one. */
export function completeNoList(run: Run, value: unknown, position: Position, parent: JsonObject): Completed {
  if (value === null || value === undefined || value instanceof Failure)
    return completeNull(run, value, position, parent);
  return fail(
    run,
    position,
    `Expected Iterable, but did not find one for field "${coordinateText(position, parent)}".`,
  );
}

/**
 * An object of none of the types that the place can have, or of one that nobody could tell (GraphQL §6.4.3). Its `__typename` may be
 * one that clients may not know of.
 */
export function completeNoType(run: Run, shape: AbstractShape, parent: JsonObject, value: JsonObject): Completed {
  const { typeName } = shape;
  const error = run.untold?.get(value);
  if (error !== undefined) {
    run.report(error, pathAt(run, shape.path));
    return shape.isNonNull ? undefined : null;
  }
  return fail(
    run,
    shape,
    `Abstract type "${typeName}" must resolve to one of its Object types for field "${coordinateText(shape, parent)}".`,
  );
}

/** Whether a value can be completed as an object: neither a list nor the mark of a failure. */
export function isCompletable(value: unknown): value is JsonObject {
  return isJsonObject(value) && !(value instanceof Failure);
}

export function pathAt(run: Run, template: PathTemplate): Path {
  return template.map((segment) => (typeof segment === 'string' ? segment : (run.indexes[segment.indexAt] ?? 0)));
}

function coordinateText({ coordinate: [typeName, fieldName] }: Position, parent: JsonObject): string {
  return `${typeName ?? parent.__typename}.${fieldName}`;
}

function messageOf(error: unknown, type: GraphQLLeafType): string {
  return error instanceof GraphQLError
    ? error.message
    : `${type.name} cannot represent the value that an upstream gave`;
}
