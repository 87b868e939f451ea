import { type DocumentNode, Kind, OperationTypeNode, print } from 'graphql';
import type { SubgraphOperation } from '../subgraphs/subgraph.ts';

const operations = new WeakMap<DocumentNode, SubgraphOperation>();

/** The operation of a delegated document; printed once for each document object. */
export function toSubgraphOperation(document: DocumentNode): SubgraphOperation {
  let operation = operations.get(document);
  if (operation === undefined) {
    const definition = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
    operation = {
      kind: definition?.operation ?? OperationTypeNode.QUERY,
      name: definition?.name?.value,
      text: print(document),
      document,
    };
    operations.set(document, operation);
  }
  return operation;
}
