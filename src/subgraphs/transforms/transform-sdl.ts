import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  type InputValueDefinitionNode,
  Kind,
  type NamedTypeNode,
  type TypeNode,
  visit,
} from 'graphql';
import { linkFederation, readFederationLink } from '../federation-link.ts';
import type { Complaint } from '../schema-problem.ts';
import { transformFieldSet } from './field-set.ts';
import type { Hidden } from './hidden.ts';
import type { Names } from './names.ts';

/** The subgraph's SDL in the names of the graph, without what is hidden; field sets of `@key`, `@requires` and `@provides` included. */
export function transformSdl(
  document: DocumentNode,
  schema: GraphQLSchema,
  names: Names,
  hidden: Hidden,
  problems: Complaint[],
): DocumentNode {
  const link = readFederationLink(document);

  /** A definition that is only there for the composition. */
  const inaccessible = (type: string, node: DefinitionNode): readonly ConstDirectiveNode[] => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION || !hidden.isInaccessible(type)) return [];
    return [{ kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: link.localName('inaccessible') } }];
  };

  const transformDirectives = (
    directives: readonly ConstDirectiveNode[],
    at: string,
    parent: string,
    returned?: string,
  ) =>
    directives.map((directive): ConstDirectiveNode => {
      const standard = link.standardName(directive.name.value);
      const context =
        standard === 'key' || standard === 'requires' ? parent : standard === 'provides' ? returned : undefined;
      if (context === undefined) return directive;
      const args = directive.arguments?.map((argument) => {
        if (argument.name.value !== 'fields' || argument.value.kind !== Kind.STRING) return argument;
        const set = transformFieldSet(argument.value.value, schema, context, names, hidden);
        if (set.hidden !== undefined) {
          problems.push({
            message: `transforms.hide: "${set.hidden}" is used by "@${directive.name.value}(fields: "${argument.value.value}")" of ${at}`,
            hint: 'Fields of keys and requirements cannot be hidden; mark them @inaccessible in the SDL instead',
            word: set.hidden,
          });
        }
        return { ...argument, value: { ...argument.value, value: set.fieldSet } };
      });
      return { ...directive, ...(args === undefined ? {} : { arguments: args }) };
    });

  const transformField =
    (type: string) =>
    (field: FieldDefinitionNode): FieldDefinitionNode[] => {
      const name = field.name.value;
      if (hidden.hidesField(type, name)) return [];
      const inGraph = names.fieldInGraph.get(type)?.get(name) ?? name;
      return [
        {
          ...field,
          name: { ...field.name, value: inGraph },
          ...(field.arguments && {
            arguments: field.arguments.filter((argument) => !hidden.hidesArgument(type, name, argument.name.value)),
          }),
          ...(field.directives && {
            directives: transformDirectives(field.directives, `${type}.${name}`, type, namedType(field.type)),
          }),
        },
      ];
    };

  const isShown = (node: NamedTypeNode) => !hidden.hidesType(node.name.value);

  const definitions = document.definitions.flatMap((node): DefinitionNode[] => {
    if (!('name' in node) || node.name === undefined || node.kind === Kind.DIRECTIVE_DEFINITION) return [node];
    const type = node.name.value;
    if (hidden.hidesType(type)) return [];
    switch (node.kind) {
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.OBJECT_TYPE_EXTENSION:
      case Kind.INTERFACE_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_EXTENSION: {
        const fields = node.fields?.flatMap(transformField(type));
        // Only of a root type all fields can go: any other type would be hidden itself.
        if (fields?.length === 0 && (node.fields?.length ?? 0) > 0) return [];
        return [
          {
            ...node,
            ...(node.interfaces && { interfaces: node.interfaces.filter(isShown) }),
            directives: [...transformDirectives(node.directives ?? [], type, type), ...inaccessible(type, node)],
            ...(fields && { fields }),
          },
        ];
      }
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      case Kind.INPUT_OBJECT_TYPE_EXTENSION: {
        const keep = (field: InputValueDefinitionNode) => !hidden.hidesField(type, field.name.value);
        return [{ ...node, ...(node.fields && { fields: node.fields.filter(keep) }) }];
      }
      case Kind.UNION_TYPE_DEFINITION:
      case Kind.UNION_TYPE_EXTENSION:
        return [{ ...node, ...(node.types && { types: node.types.filter(isShown) }) }];
      default:
        return [node];
    }
  });
  const transformed = renameTypes({ ...document, definitions }, names);
  // Federation 1 knows @inaccessible without a link.
  return link.isVersion2 ? linkFederation(transformed) : transformed;
}

function renameTypes(document: DocumentNode, names: Names): DocumentNode {
  const renamed = visit(document, {
    NamedType(node) {
      const inGraph = names.typeInGraph.get(node.name.value);
      return inGraph === undefined ? undefined : { ...node, name: { ...node.name, value: inGraph } };
    },
  });
  const definitions = renamed.definitions.map((node): DefinitionNode => {
    if (!('name' in node) || node.name === undefined || node.kind === Kind.DIRECTIVE_DEFINITION) return node;
    const inGraph = names.typeInGraph.get(node.name.value);
    return inGraph === undefined ? node : ({ ...node, name: { ...node.name, value: inGraph } } as DefinitionNode);
  });
  return { ...document, definitions };
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
