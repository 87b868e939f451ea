import { type DocumentNode, type FieldDefinitionNode, Kind, parseType, type TypeNode } from 'graphql';
import type { FieldType, FieldTypes } from '../subgraphs/distinct-keys.ts';
import { argumentValue, stringArgument } from './directive-arguments.ts';

/** How each subgraph, by its value in `join__Graph`, has the fields of a supergraph: `@join__field(type:)` tells where types differ. */
export function readFieldTypes(supergraph: DocumentNode): (graph: string) => FieldTypes {
  const fields = new Map<string, ReadonlyMap<string, FieldDefinitionNode>>();
  const composites = new Set<string>();
  const roots = new Map<string, string>();
  for (const type of supergraph.definitions) {
    if (type.kind === Kind.SCHEMA_DEFINITION) {
      for (const { operation, type: root } of type.operationTypes) roots.set(operation, root.name.value);
    }
    if (type.kind === Kind.UNION_TYPE_DEFINITION) composites.add(type.name.value);
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    composites.add(type.name.value);
    fields.set(type.name.value, new Map((type.fields ?? []).map((field) => [field.name.value, field])));
  }
  const toFieldType = (type: TypeNode): FieldType => {
    const name = namedTypeOf(type);
    const isComposite = composites.has(name);
    return { shape: wrap(type, isComposite ? '{}' : name), typeName: isComposite ? name : undefined };
  };

  return (graph) => {
    const known = new Map<FieldDefinitionNode, FieldType>();
    return {
      rootOf: (kind) => roots.get(kind),
      typeOf(typeName, fieldName) {
        const field = fields.get(typeName)?.get(fieldName);
        if (field === undefined) return undefined;
        let type = known.get(field);
        if (type === undefined) {
          type = toFieldType(typeIn(graph, field));
          known.set(field, type);
        }
        return type;
      },
    };
  };
}

function typeIn(graph: string, { type, directives = [] }: FieldDefinitionNode): TypeNode {
  const join = directives.find((directive) => {
    const value = directive.name.value === 'join__field' ? argumentValue(directive, 'graph') : undefined;
    return value?.kind === Kind.ENUM && value.value === graph;
  });
  const own = stringArgument(join, 'type');
  return own === undefined ? type : parseType(own, { noLocation: true });
}

function namedTypeOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedTypeOf(type.type);
}

function wrap(type: TypeNode, name: string): string {
  if (type.kind === Kind.NON_NULL_TYPE) return `${wrap(type.type, name)}!`;
  return type.kind === Kind.LIST_TYPE ? `[${wrap(type.type, name)}]` : name;
}
