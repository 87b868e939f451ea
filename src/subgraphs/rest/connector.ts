import {
  type ConstDirectiveNode,
  type ConstObjectValueNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  type StringValueNode,
} from 'graphql';
import type { Mapping } from '../../mapping/mapping.ts';
import { isAtLeast } from '../../mapping/spec-version.ts';
import { isObject } from '../subgraph-schema.ts';
import { suggestName } from '../suggest-name.ts';
import type { ConnectLink } from './connect-link.ts';
import { type ConnectorReference, TextCompiler } from './connector-text.ts';
import { argumentOf, checkNames, fieldOf, type KnownNames, readObject, readString } from './directive-values.ts';
import { readHeaderRules } from './header-rule.ts';
import type { ProblemList } from './problem-list.ts';
import { METHODS, type RequestTemplate } from './request-template.ts';
import { type OutcomeRules, readOutcomeRules, type Source } from './source.ts';

/** `@connect`, read and compiled. */
export interface Connector {
  /** Such as `Query.user@connect[0]`; `User@connect[0]` on a type. */
  readonly coordinate: string;
  readonly typeName: string;
  /** `undefined`: the connector stands on the type and gives its objects. */
  readonly fieldName: string | undefined;
  readonly directive: ConstDirectiveNode;
  readonly request: RequestTemplate;
  readonly selection: Mapping;
  readonly selectionNode: StringValueNode;
  /** `entity: true`: the field finds an object of its type by the field's arguments. */
  readonly isEntity: boolean;
  /** Objects that one call may ask for; only with `$batch`. `Infinity`: no limit. */
  readonly maxBatchSize: number;
  /** The connector's, then the source's. */
  readonly outcome: readonly OutcomeRules[];
  /** The source's as well. */
  readonly references: readonly ConnectorReference[];
}

const CONNECT_NAMES: KnownNames = {
  source: '0.1',
  http: '0.1',
  selection: '0.1',
  entity: '0.1',
  id: '0.2',
  batch: '0.2',
  errors: '0.2',
  isSuccess: '0.2',
};
const HTTP_NAMES: KnownNames = {
  ...Object.fromEntries(METHODS.map((method) => [method, '0.1' as const])),
  body: '0.1',
  headers: '0.1',
  path: '0.2',
  queryParams: '0.2',
};

/** Every connector of the document that can be read; what is wrong with the others is a problem. */
export function readConnectors(
  document: DocumentNode,
  link: ConnectLink,
  sources: ReadonlyMap<string, Source>,
  problems: ProblemList,
): Connector[] {
  const connectors: Connector[] = [];
  const read = (owner: ObjectNode | FieldDefinitionNode, typeName: string, fieldName?: string): void => {
    const directives = owner.directives?.filter(({ name }) => name.value === link.connect) ?? [];
    for (const [index, directive] of directives.entries()) {
      const element = fieldName === undefined ? typeName : `${typeName}.${fieldName}`;
      const position = { coordinate: `${element}@connect[${index}]`, typeName, fieldName, directive };
      const connector = readConnector(position, link, sources, problems);
      if (connector !== undefined) connectors.push(connector);
    }
  };
  for (const node of document.definitions) {
    if (node.kind === Kind.INTERFACE_TYPE_DEFINITION) refuseInterface(node.fields ?? [], link, problems);
    if (!isObject(node)) continue;
    read(node, node.name.value);
    for (const field of node.fields ?? []) read(field, node.name.value, field.name.value);
  }
  return connectors;
}

type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode;
type Position = Pick<Connector, 'coordinate' | 'typeName' | 'fieldName' | 'directive'>;

function readConnector(
  position: Position,
  link: ConnectLink,
  sources: ReadonlyMap<string, Source>,
  problems: ProblemList,
): Connector | undefined {
  const { directive, coordinate } = position;
  const texts = new TextCompiler(link.version, problems);
  checkNames(directive, CONNECT_NAMES, '@connect', link.version, problems);
  if (position.fieldName === undefined && !isAtLeast(link.version, '0.2')) {
    problems.add(
      directive,
      `@connect on a type needs connect v0.2, the schema links v${link.version}`,
      'Link connect v0.2',
    );
  }
  const source = findSource(directive, sources, problems);
  const http = readObject(argumentOf(directive, 'http'), `"http" of ${coordinate}`, problems);
  if (http === undefined) problems.add(directive, `${coordinate} makes no request`, 'Add http: { GET: "/…" }');
  const request = http && readRequest(http, coordinate, source, texts, problems);

  const selectionNode = readString(argumentOf(directive, 'selection'), `"selection" of ${coordinate}`, problems);
  const isEmpty = selectionNode === undefined || selectionNode.value.trim() === '';
  if (isEmpty) {
    const hint = 'Add selection: """…""" with the fields of the answer';
    problems.add(selectionNode ?? directive, `${coordinate} selects nothing`, hint);
  }
  // Selected keys show as null where the data lacks them, so that "not selected" can be told from "not there".
  const selection = isEmpty
    ? undefined
    : texts.mapping(selectionNode, `"selection" of ${coordinate}`, 'response', 'null');
  const outcome = readOutcomeRules(directive, coordinate, texts, problems);
  const maxBatchSize = readBatchSize(directive, coordinate, problems);
  if (request === undefined || selection === undefined || selectionNode === undefined) return undefined;
  const entity = argumentOf(directive, 'entity');
  return {
    ...position,
    request,
    selection,
    selectionNode,
    isEntity: entity?.kind === Kind.BOOLEAN && entity.value,
    maxBatchSize,
    outcome: source === undefined ? [outcome] : [outcome, source],
    references: [...texts.references, ...(source?.references ?? [])],
  };
}

function findSource(
  directive: ConstDirectiveNode,
  sources: ReadonlyMap<string, Source>,
  problems: ProblemList,
): Source | undefined {
  const node = readString(argumentOf(directive, 'source'), '"source" of @connect', problems);
  if (node === undefined) return undefined;
  const source = sources.get(node.value);
  if (source === undefined) {
    problems.add(node, `There is no source "${node.value}"`, suggestName(node.value, sources.keys()));
  }
  return source;
}

function readRequest(
  http: ConstObjectValueNode,
  coordinate: string,
  source: Source | undefined,
  texts: TextCompiler,
  problems: ProblemList,
): RequestTemplate | undefined {
  const where = `"http" of ${coordinate}`;
  checkNames(http, HTTP_NAMES, where, texts.version, problems);
  const [method, second] = METHODS.filter((candidate) => fieldOf(http, candidate) !== undefined);
  if (method === undefined || second !== undefined) {
    const found = method === undefined ? 'no method' : `both ${method} and ${second}`;
    problems.add(http, `${where} has ${found}`, `Write exactly one of ${METHODS.join(', ')}`);
    return undefined;
  }
  const url = fieldOf(http, method)?.value;
  const template = texts.url(url, `URL of ${coordinate}`);
  if (source !== undefined && template?.origin !== undefined) {
    problems.add(
      url,
      `The URL of ${coordinate} has a host, and so has its source`,
      'Write only the path, or leave out "source"',
    );
  }
  const own = {
    template,
    isPathIgnored: false,
    path: texts.mapping(fieldOf(http, 'path')?.value, `"path" of ${coordinate}`, 'request'),
    queryParams: texts.mapping(fieldOf(http, 'queryParams')?.value, `"queryParams" of ${coordinate}`, 'request'),
  };
  const headers = readHeaderRules(fieldOf(http, 'headers')?.value, coordinate, texts, problems);
  return {
    method,
    url: source === undefined ? [own] : [source.url, own],
    headers: [...(source?.headers ?? []), ...headers],
    body: texts.mapping(fieldOf(http, 'body')?.value, `"body" of ${coordinate}`, 'request'),
  };
}

function readBatchSize(directive: ConstDirectiveNode, coordinate: string, problems: ProblemList): number {
  const batch = readObject(argumentOf(directive, 'batch'), `"batch" of ${coordinate}`, problems);
  if (batch !== undefined) checkNames(batch, { maxSize: '0.2' }, `"batch" of ${coordinate}`, '0.2', problems);
  const size = fieldOf(batch, 'maxSize')?.value;
  if (size === undefined) return Number.POSITIVE_INFINITY;
  if (size.kind === Kind.INT && Number(size.value) > 0) return Number(size.value);
  problems.add(size, `"batch.maxSize" of ${coordinate} is no positive number`, 'Write a number such as 100');
  return Number.POSITIVE_INFINITY;
}

function refuseInterface(fields: readonly FieldDefinitionNode[], link: ConnectLink, problems: ProblemList): void {
  for (const field of fields) {
    const directive = field.directives?.find(({ name }) => name.value === link.connect);
    if (directive !== undefined) {
      problems.add(directive, '@connect stands on a field of an interface', 'Put it on the fields of the object types');
    }
  }
}
