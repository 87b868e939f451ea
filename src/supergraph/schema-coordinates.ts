import { type DocumentNode, Kind, type Location } from 'graphql';

/**
 * The schema coordinates that a document defines (`Type`, `Type.field`, `Type.field(arg:)`, `Input.field`,
 * `Enum.VALUE`) with the place of the first definition; extensions count as definitions. Directives are left out.
 *
 * @see https://spec.graphql.org/draft/#sec-Schema-Coordinates
 */
export function collectCoordinates(document: DocumentNode): ReadonlyMap<string, Location | undefined> {
  const coordinates = new Map<string, Location | undefined>();
  const add = (coordinate: string, node: { readonly loc?: Location | undefined }) => {
    if (!coordinates.has(coordinate)) coordinates.set(coordinate, node.loc);
  };

  for (const definition of document.definitions) {
    if (!('name' in definition) || definition.name === undefined) continue;
    if (definition.kind === Kind.DIRECTIVE_DEFINITION || definition.kind === Kind.OPERATION_DEFINITION) continue;
    const type = definition.name.value;
    add(type, definition.name);
    if ('values' in definition) {
      for (const value of definition.values ?? []) add(`${type}.${value.name.value}`, value);
    }
    if (!('fields' in definition)) continue;
    for (const field of definition.fields ?? []) {
      const coordinate = `${type}.${field.name.value}`;
      add(coordinate, field.name);
      if (field.kind !== Kind.FIELD_DEFINITION) continue;
      for (const argument of field.arguments ?? []) add(`${coordinate}(${argument.name.value}:)`, argument);
    }
  }
  return coordinates;
}
