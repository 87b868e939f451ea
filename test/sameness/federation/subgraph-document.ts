import {
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { readFederationLink } from '../../../src/subgraphs/federation-link.ts';

/** What a subgraph's SDL says of one field. */
export interface FieldRules {
  readonly isExternal: boolean;
  /** The field set of `@requires`. */
  readonly requires: SelectionSetNode | undefined;
  /** The subgraph of `@override(from:)`. */
  readonly overrides: string | undefined;
}

/** The rules of a subgraph's fields, by coordinate (`Product.price`); fields without any are left out. */
export function readFieldRules(document: DocumentNode): ReadonlyMap<string, FieldRules> {
  const link = readFederationLink(document);
  const find = (directives: readonly ConstDirectiveNode[] | undefined, name: string) =>
    directives?.find((directive) => link.standardName(directive.name.value) === name);
  const rules = new Map<string, FieldRules>();
  for (const type of document.definitions.filter(isObjectType)) {
    const isExternalType = find(type.directives, 'external') !== undefined;
    for (const field of type.fields ?? []) {
      const requires = find(field.directives, 'requires');
      const override = find(field.directives, 'override');
      const isExternal = isExternalType || find(field.directives, 'external') !== undefined;
      if (!isExternal && requires === undefined && override === undefined) continue;
      rules.set(`${type.name.value}.${field.name.value}`, {
        isExternal,
        requires: requires && parseFieldSet(stringArgument(requires, 'fields')),
        overrides: override && stringArgument(override, 'from'),
      });
    }
  }
  return rules;
}

/** Names of all fields that a `@key` or a `@requires` of the document mentions, at any depth. */
export function namesInFieldSets(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) names.add(selection.name.value);
      if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet !== undefined) {
        collect(selection.selectionSet);
      }
    }
  };
  const read = (node: { readonly directives?: readonly ConstDirectiveNode[] | undefined }): void => {
    for (const directive of node.directives ?? []) {
      const isFieldSet = /(?:^|__)(?:key|requires)$/.test(directive.name.value);
      if (isFieldSet) collect(parseFieldSet(stringArgument(directive, 'fields')));
    }
  };
  for (const definition of document.definitions) {
    if (!isObjectType(definition) && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    read(definition);
    for (const field of definition.fields ?? []) read(field as FieldDefinitionNode);
  }
  return names;
}

export function parseFieldSet(text: string): SelectionSetNode {
  const [definition] = parse(`{ ${text} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError(`Not a field set: ${text}`);
  return definition.selectionSet;
}

function stringArgument(directive: DirectiveNode, name: string): string {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  if (value?.kind !== Kind.STRING) throw new TypeError(`@${directive.name.value} needs a text for "${name}"`);
  return value.value;
}

type DefinitionNode = DocumentNode['definitions'][number];

function isObjectType(node: DefinitionNode): node is ObjectTypeDefinitionNode | ObjectTypeExtensionNode {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION;
}
