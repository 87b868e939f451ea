import { type DocumentNode, Kind, visit } from 'graphql';
import type { Operation } from './operation.ts';

/** The key under which data has what a client calls `__typename` although it is another field. */
export const RENAMED_TYPENAME = '_weir_typename';

/**
 * What the planner plans in place of an operation: data has every object's `__typename` under that name and no other, and nothing else there.
 * Answers are written from the operation itself.
 */
export function planDocument(operation: Operation): DocumentNode {
  if (!operation.text.includes('__typename')) return operation.document;
  return visit(operation.document, {
    Field(field) {
      if (field.alias === undefined) return undefined;
      const { alias, ...unaliased } = field;
      if (field.name.value === '__typename') return unaliased;
      if (alias.value !== '__typename') return undefined;
      return { ...field, alias: { kind: Kind.NAME, value: RENAMED_TYPENAME } };
    },
  });
}

/** The key under which data has a field that the client sees under `responseKey`. */
export function dataKeyOf(responseKey: string, fieldName: string): string {
  return responseKey === '__typename' && fieldName !== '__typename' ? RENAMED_TYPENAME : responseKey;
}
