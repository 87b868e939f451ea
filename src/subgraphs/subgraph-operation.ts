import { type DocumentNode, Kind, type OperationDefinitionNode, parse, print, stripIgnoredCharacters } from 'graphql';
import type { SubgraphOperation, SubgraphRequest } from './subgraph.ts';

/** An operation whose text is known; it is parsed when first asked for its document. */
export function operationOfText(
  kind: SubgraphOperation['kind'],
  name: string | undefined,
  text: string,
): SubgraphOperation {
  let document: DocumentNode | undefined;
  return {
    kind,
    name,
    text,
    get document() {
      document ??= parse(text, { noLocation: true });
      return document;
    },
  };
}

/** An operation whose document is known; its text has no insignificant characters. */
export function operationOfDocument(document: DocumentNode): SubgraphOperation {
  const definition = operationDefinition(document);
  return {
    kind: definition.operation,
    name: definition.name?.value,
    text: stripIgnoredCharacters(print(document)),
    document,
  };
}

/** The one operation definition of a document. */
export function operationDefinition(document: DocumentNode): OperationDefinitionNode {
  const definition = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (definition === undefined) throw new TypeError('The document has no operation');
  return definition;
}

/** The variables as data, also where the engine gave only their text. */
export function readVariables(request: SubgraphRequest): Readonly<Record<string, unknown>> {
  if (request.variables !== undefined) return request.variables;
  return request.variablesText === undefined ? {} : (JSON.parse(request.variablesText) as Record<string, unknown>);
}
