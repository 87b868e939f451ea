import { type ConstDirectiveNode, type GraphQLSchema, isInterfaceType, isObjectType, Kind, parse } from 'graphql';
import { argumentValue } from './directive-arguments.ts';
import { collectCoordinates } from './schema-coordinates.ts';
import type { Supergraph } from './supergraph.ts';

/** `Type.field` of everything that clients can select. */
export function publicFields(schema: GraphQLSchema): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue;
    for (const field of Object.keys(type.getFields())) fields.add(`${type.name}.${field}`);
  }
  return fields;
}

/** `Type.field` of what clients can select and only these upstreams resolve. */
export function fieldsOnlyOf(supergraph: Supergraph, upstreams: readonly string[]): readonly string[] {
  const graphs = new Set<string | undefined>(upstreams.map((name) => supergraph.graphs.get(name)?.enumValue));
  const isPublic = publicFields(supergraph.apiSchema);
  const fields: string[] = [];
  for (const type of supergraph.document.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const typeGraphs = graphsOf(type.directives, 'join__type');
    for (const field of type.fields ?? []) {
      const named = graphsOf(field.directives, 'join__field');
      const resolvers = named.length > 0 ? named : typeGraphs;
      const coordinate = `${type.name.value}.${field.name.value}`;
      if (isPublic.has(coordinate) && resolvers.every((graph) => graphs.has(graph))) fields.push(coordinate);
    }
  }
  return fields;
}

/** The graphs of a type's or field's join directives, those that have it only as `@external` left out. */
function graphsOf(directives: readonly ConstDirectiveNode[] = [], name: string): readonly string[] {
  return directives.flatMap((directive) => {
    if (directive.name.value !== name) return [];
    const external = argumentValue(directive, 'external');
    if (external?.kind === Kind.BOOLEAN && external.value) return [];
    const graph = argumentValue(directive, 'graph');
    return graph?.kind === Kind.ENUM ? [graph.value] : [];
  });
}

/** `Type.field` of what an SDL defines; nothing where it is not SDL. */
export function definedFields(sdl: string): readonly string[] {
  try {
    const coordinates = [...collectCoordinates(parse(sdl)).keys()];
    return coordinates.filter((coordinate) => /^[A-Za-z]\w*\.[A-Za-z]\w*$/.test(coordinate));
  } catch {
    return [];
  }
}

/** What of `expected` is not there; sorted. */
export function lostFields(expected: Iterable<string>, now: ReadonlySet<string>): readonly string[] {
  return [...new Set(expected)].filter((field) => !now.has(field)).sort();
}
