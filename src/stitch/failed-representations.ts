import type { ExecutionRequest, ExecutionResult } from '@graphql-tools/utils';
import { GraphQLError, Kind } from 'graphql';
import { findDelegatedError } from './error-ledger.ts';

/** A request that says nothing of entities which lack what a field requires, and what puts them back into its result. */
export interface SoundRequest {
  readonly variables: Record<string, unknown>;
  /** Nothing is left to ask for. */
  readonly isIdle: boolean;
  restore(result: ExecutionResult): ExecutionResult;
}

/**
 * Delegation writes the error of a field that failed into representations that require the field; in a subgraph it would
 * turn up as a value. Such entities are not asked for: they are null with that error.
 *
 * @returns `undefined` where no representation has an error.
 */
export function takeOutFailed({ document, variables = {} }: ExecutionRequest): SoundRequest | undefined {
  const failures = new Map<string, ReadonlyMap<number, Error>>();
  for (const [name, value] of Object.entries(variables)) {
    const failed = name.endsWith('representations') && Array.isArray(value) ? findFailed(value) : undefined;
    if (failed !== undefined && failed.size > 0) failures.set(name, failed);
  }
  if (failures.size === 0) return undefined;

  const sound = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      const failed = failures.get(name);
      return [name, failed === undefined ? value : (value as unknown[]).filter((_, index) => !failed.has(index))];
    }),
  );
  const roots = rootsOf(document);
  return {
    variables: sound,
    isIdle: roots.every(({ variable }) => variable !== undefined && (sound[variable] as unknown[]).length === 0),
    restore(result) {
      const data: Record<string, unknown> = { ...result.data };
      let errors = [...(result.errors ?? [])];
      for (const { key, variable } of roots) {
        const failed = variable === undefined ? undefined : failures.get(variable);
        if (variable === undefined || failed === undefined) continue;
        const length = (variables[variable] as unknown[]).length;
        const kept = Array.from({ length }, (_, index) => index).filter((index) => !failed.has(index));
        const answered = Array.isArray(data[key]) ? (data[key] as unknown[]) : [];
        const entities: unknown[] = Array.from({ length }, () => null);
        kept.forEach((index, at) => {
          entities[index] = answered[at] ?? null;
        });
        data[key] = entities;
        errors = errors.map((error) => moveError(error, key, kept));
        for (const [index, error] of failed) errors.push(toFailure(error, [key, index]));
      }
      return { ...result, data, errors };
    },
  };
}

function findFailed(representations: readonly unknown[]): ReadonlyMap<number, Error> {
  const failed = new Map<number, Error>();
  for (const [index, representation] of representations.entries()) {
    const error = findError(representation);
    if (error !== undefined) failed.set(index, error);
  }
  return failed;
}

function findError(value: unknown): Error | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Error) return value;
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    const error = findError(item);
    if (error !== undefined) return error;
  }
  return undefined;
}

interface Root {
  readonly key: string;
  /** Of the representations, where the field is `_entities`. */
  readonly variable: string | undefined;
}

function rootsOf(document: ExecutionRequest['document']): readonly Root[] {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  return (operation?.selectionSet.selections ?? []).flatMap((node) => {
    if (node.kind !== Kind.FIELD) return [];
    const value = node.arguments?.find((argument) => argument.name.value === 'representations')?.value;
    return {
      key: (node.alias ?? node.name).value,
      variable: value?.kind === Kind.VARIABLE ? value.name.value : undefined,
    };
  });
}

function moveError(error: GraphQLError, key: string, kept: readonly number[]): GraphQLError {
  const [root, index, ...rest] = error.path ?? [];
  const moved = typeof index === 'number' ? kept[index] : undefined;
  return root === key && moved !== undefined && moved !== index ? toFailure(error, [key, moved, ...rest]) : error;
}

/** The same error at another place. */
function toFailure(error: Error, path: readonly (string | number)[]): GraphQLError {
  const source = findDelegatedError(error) ?? error;
  const extensions = source instanceof GraphQLError ? source.extensions : {};
  return new GraphQLError(source.message, { path, extensions, originalError: source });
}
