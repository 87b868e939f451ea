import { type DocumentNode, Kind } from 'graphql';

/** What the engine needs to know of the supergraph's types, inaccessible ones included. */
export interface SupergraphTypes {
  /** Names of all object types. */
  readonly objects: ReadonlySet<string>;
  /** `__typename` values that satisfy a type condition: the possible object types, and the condition's own name (an interface object). */
  satisfying(condition: string): ReadonlySet<string>;
}

export function readSupergraphTypes(supergraph: DocumentNode): SupergraphTypes {
  const objects = new Set<string>();
  const members = new Map<string, Set<string>>();
  const add = (abstract: string, object: string): void => {
    const known = members.get(abstract) ?? new Set();
    members.set(abstract, known.add(object));
  };
  for (const definition of supergraph.definitions) {
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION) {
      objects.add(definition.name.value);
      for (const implemented of definition.interfaces ?? []) add(implemented.name.value, definition.name.value);
    }
    if (definition.kind === Kind.UNION_TYPE_DEFINITION) {
      for (const member of definition.types ?? []) add(definition.name.value, member.name.value);
    }
  }
  const satisfying = new Map<string, ReadonlySet<string>>();
  return {
    objects,
    satisfying(condition) {
      const known = satisfying.get(condition);
      if (known !== undefined) return known;
      const names = new Set([...(members.get(condition) ?? []), condition]);
      satisfying.set(condition, names);
      return names;
    },
  };
}
