import { type GraphQLSchema, isInterfaceType, isObjectType, parse } from 'graphql';
import { collectCoordinates } from './schema-coordinates.ts';

/** `Type.field` of everything that clients can select. */
export function publicFields(schema: GraphQLSchema): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue;
    for (const field of Object.keys(type.getFields())) fields.add(`${type.name}.${field}`);
  }
  return fields;
}

/** `Type.field` of what an SDL defines; nothing where it is not SDL. */
export function definedFields(sdl: string): readonly string[] {
  try {
    return [...collectCoordinates(parse(sdl)).keys()].filter((coordinate) =>
      /^[A-Za-z]\w*\.[A-Za-z]\w*$/.test(coordinate),
    );
  } catch {
    return [];
  }
}

/** What of `expected` clients lack now; sorted. */
export function lostFields(expected: Iterable<string>, now: ReadonlySet<string>): readonly string[] {
  return [...new Set(expected)].filter((field) => !now.has(field)).sort();
}
