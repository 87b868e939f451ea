import { type ConstDirectiveNode, type DocumentNode, Kind } from 'graphql';

const PREFIX = '_weir_';

/**
 * The keys under which data has what an operation selects. Mostly the response keys themselves; not where the planner wants the same key
 * for something else: fields that `@requires` asks for with arguments of its own, and aliases that are names of key or required fields.
 */
export interface DataKeys {
  keyOf(responseKey: string, fieldName: string): string;
}

export function createDataKeys(supergraph: DocumentNode): DataKeys {
  const needed = new Set<string>();
  const withArguments = new Set<string>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const name of neededNames(definition.directives)) needed.add(name);
    for (const field of definition.fields ?? []) {
      for (const name of neededNames(field.directives)) needed.add(name);
      if ((field.arguments ?? []).length > 0) withArguments.add(field.name.value);
    }
  }
  return {
    keyOf(responseKey, fieldName) {
      if (fieldName === '__typename') return fieldName;
      const isOwnName = responseKey === fieldName;
      const isTaken = needed.has(responseKey)
        ? !isOwnName || withArguments.has(fieldName)
        : !isOwnName && (responseKey.startsWith(PREFIX) || responseKey === '__typename');
      return isTaken ? PREFIX + responseKey : responseKey;
    },
  };
}

/** The response key of a data key. */
export function responseKeyOf(dataKey: string): string {
  return dataKey.startsWith(PREFIX) ? dataKey.slice(PREFIX.length) : dataKey;
}

/** Every name in the field sets of `@join__type(key:)` and `@join__field(requires:)`. */
function neededNames(directives: readonly ConstDirectiveNode[] | undefined): readonly string[] {
  return (directives ?? []).flatMap((directive) =>
    (directive.arguments ?? []).flatMap(({ name, value }) => {
      const isFieldSet = name.value === 'key' || name.value === 'requires';
      return isFieldSet && value.kind === Kind.STRING ? (value.value.match(/[_A-Za-z]\w*/g) ?? []) : [];
    }),
  );
}
