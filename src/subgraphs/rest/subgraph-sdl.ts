import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
} from 'graphql';
import { readFederationLink } from '../federation-link.ts';
import { isObject } from '../subgraph-schema.ts';
import { type ConnectLink, isConnectLink } from './connect-link.ts';
import type { Connector } from './connector.ts';
import { type ConnectorGraph, parentFields } from './connector-graph.ts';
import { argumentOf, stringOf } from './directive-values.ts';
import { isSameKey, type KeyTree, keyTreeOf, printKey } from './entity-key.ts';

const SPEC_TYPES = new Set([
  'JSONSelection',
  'URLTemplate',
  'URLPathTemplate',
  'HTTPHeaderMapping',
  'ConnectHTTP',
  'SourceHTTP',
  'ConnectBatch',
  'ConnectorErrors',
]);

/** The document without everything that belongs to the connect specification. */
export function withoutConnectors(document: DocumentNode, link: ConnectLink): DocumentNode {
  const isOfSpec = (name: string): boolean => SPEC_TYPES.has(name) || name.startsWith(link.prefix);
  const isConnector = ({ name }: ConstDirectiveNode): boolean =>
    name.value === link.connect || name.value === link.source;
  const definitions = document.definitions.flatMap((node): DefinitionNode[] => {
    if (node.kind === Kind.DIRECTIVE_DEFINITION) {
      return node.name.value === link.connect || node.name.value === link.source ? [] : [node];
    }
    if ('name' in node && node.name !== undefined && isOfSpec(node.name.value)) return [];
    if (node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION) {
      const directives =
        node.directives?.filter((directive) => !isConnector(directive) && !isConnectLink(directive)) ?? [];
      if (directives.length === 0 && (node.operationTypes?.length ?? 0) === 0) return [];
      return [{ ...node, directives: directives.map(lowerFederation) }];
    }
    if (!isObject(node)) return [node];
    const withoutConnect = <T extends { readonly directives?: readonly ConstDirectiveNode[] | undefined }>(
      item: T,
    ): T => ({
      ...item,
      directives: item.directives?.filter((directive) => !isConnector(directive)) ?? [],
    });
    return [{ ...withoutConnect(node), fields: node.fields?.map(withoutConnect) ?? [] }];
  });
  return { ...document, definitions };
}

/**
 * Connectors are said to need federation v2.10 and up, which add nothing else that a subgraph without connectors could use; composition
 * knows v2.9.
 */
function lowerFederation(directive: ConstDirectiveNode): ConstDirectiveNode {
  const visitUrl = (value: ConstValueNode): ConstValueNode =>
    value.kind === Kind.STRING
      ? { ...value, value: value.value.replace(/^(https:\/\/specs\.apollo\.dev\/federation\/v2)\.\d{2,}$/, '$1.9') }
      : value;
  if (directive.name.value !== 'link') return directive;
  const args = directive.arguments?.map((argument) =>
    argument.name.value === 'url' ? { ...argument, value: visitUrl(argument.value) } : argument,
  );
  return { ...directive, arguments: args ?? [] };
}

/** A `@key` of the document. */
export interface DeclaredKey {
  readonly typeName: string;
  readonly key: KeyTree;
  readonly isResolvable: boolean;
  readonly directive: ConstDirectiveNode;
}

export function declaredKeys(document: DocumentNode): DeclaredKey[] {
  const federation = readFederationLink(document);
  return document.definitions.filter(isObject).flatMap((node) =>
    (node.directives ?? [])
      .filter(({ name }) => federation.standardName(name.value) === 'key')
      .map((directive) => {
        const resolvable = argumentOf(directive, 'resolvable');
        return {
          typeName: node.name.value,
          key: parseKey(stringOf(argumentOf(directive, 'fields')) ?? ''),
          isResolvable: !(resolvable?.kind === Kind.BOOLEAN && !resolvable.value),
          directive,
        };
      }),
  );
}

/** The fields with `@external`, as coordinates. */
export function externalFields(document: DocumentNode): Set<string> {
  const federation = readFederationLink(document);
  const isExternal = (item: { readonly directives?: readonly ConstDirectiveNode[] | undefined }): boolean =>
    item.directives?.some(({ name }) => federation.standardName(name.value) === 'external') ?? false;
  const coordinates = document.definitions
    .filter(isObject)
    .flatMap((node) =>
      (node.fields ?? [])
        .filter((field) => isExternal(node) || isExternal(field))
        .map((field) => `${node.name.value}.${field.name.value}`),
    );
  return new Set(coordinates);
}

/**
 * The document as composition takes it: connectors that find entities give their types a `@key`, and connectors that read external
 * fields of their object give their fields a `@requires`, where the document has none.
 */
export function declareKeys(document: DocumentNode, graph: ConnectorGraph): DocumentNode {
  const declared = declaredKeys(document);
  const external = externalFields(document);
  const done = new Set<string>();
  const definitions = document.definitions.map((node): DefinitionNode => {
    if (!isObject(node)) return node;
    const typeName = node.name.value;
    const fields = node.fields?.map((field) => requireExternal(field, typeName, graph, declared, external)) ?? [];
    if (done.has(typeName)) return { ...node, fields };
    done.add(typeName);
    return { ...node, fields, directives: [...(node.directives ?? []), ...impliedKeys(typeName, graph, declared)] };
  });
  return { ...document, definitions };
}

function impliedKeys(typeName: string, graph: ConnectorGraph, declared: readonly DeclaredKey[]): ConstDirectiveNode[] {
  const known = declared.filter((item) => item.typeName === typeName).map(({ key }) => key);
  const implied: ConstDirectiveNode[] = [];
  for (const { key } of graph.entities.get(typeName) ?? []) {
    if (known.some((other) => isSameKey(key, other))) continue;
    known.push(key);
    implied.push(fieldsDirective('key', printKey(key)));
  }
  return implied;
}

function requireExternal(
  field: FieldDefinitionNode,
  typeName: string,
  graph: ConnectorGraph,
  declared: readonly DeclaredKey[],
  external: ReadonlySet<string>,
): FieldDefinitionNode {
  const connector = graph.byField.get(`${typeName}.${field.name.value}`);
  if (connector === undefined || field.directives?.some(({ name }) => name.value.endsWith('requires'))) return field;
  const inKey = new Set(declared.flatMap((item) => (item.typeName === typeName ? [...item.key.keys()] : [])));
  const names = parentFields(connector).filter((name) => external.has(`${typeName}.${name}`) && !inKey.has(name));
  if (names.length === 0) return field;
  const tree = new Map([...thisTree(connector)].filter(([name]) => names.includes(name)));
  return { ...field, directives: [...(field.directives ?? []), fieldsDirective('requires', printKey(tree))] };
}

function thisTree(connector: Connector): KeyTree {
  return keyTreeOf(connector.references, '$this');
}

function fieldsDirective(name: string, fields: string): ConstDirectiveNode {
  const node = parse(`type T @${name}(fields: ${JSON.stringify(fields)})`, { noLocation: true }).definitions[0];
  return (node as ObjectTypeDefinitionNode | ObjectTypeExtensionNode).directives?.[0] as ConstDirectiveNode;
}

function parseKey(fields: string): KeyTree {
  const tokens = fields.match(/[{}]|[A-Za-z_]\w*/g) ?? [];
  let at = 0;
  const parseLevel = (): KeyTree => {
    const tree = new Map<string, KeyTree>();
    let last: string | undefined;
    for (let token = tokens[at++]; token !== undefined && token !== '}'; token = tokens[at++]) {
      if (token === '{') {
        const inner = parseLevel();
        if (last !== undefined) tree.set(last, inner);
      } else {
        tree.set(token, new Map());
        last = token;
      }
    }
    return tree;
  };
  return parseLevel();
}
