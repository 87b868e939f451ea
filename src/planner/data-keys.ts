import { type DocumentNode, Kind } from 'graphql';

const PREFIX = '_weir_';

/**
 * The keys under which data has what an operation selects. Mostly the response keys themselves; not where the planner would want the same key
 * for something else: fields that `@requires` may ask for with other arguments, and aliases that are names of other fields.
 */
export interface DataKeys {
  keyOf(responseKey: string, fieldName: string): string;
}

/** @param supergraph whose field names are not free for aliases. */
export function createDataKeys(supergraph: DocumentNode): DataKeys {
  const names = new Set<string>();
  const withArguments = new Set<string>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of definition.fields ?? []) {
      names.add(field.name.value);
      if ((field.arguments ?? []).length > 0) withArguments.add(field.name.value);
    }
  }
  return {
    keyOf(responseKey, fieldName) {
      if (fieldName === '__typename') return fieldName;
      const isTaken =
        responseKey === fieldName
          ? withArguments.has(fieldName)
          : names.has(responseKey) || responseKey.startsWith(PREFIX) || responseKey === '__typename';
      return isTaken ? PREFIX + responseKey : responseKey;
    },
  };
}

/** The response key of a data key. */
export function responseKeyOf(dataKey: string): string {
  return dataKey.startsWith(PREFIX) ? dataKey.slice(PREFIX.length) : dataKey;
}
