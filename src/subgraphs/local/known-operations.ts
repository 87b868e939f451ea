import { GraphQLError, type GraphQLFormattedError, parse } from 'graphql';
import type { SubgraphOperation } from '../subgraph.ts';
import { operationOfDocument } from '../subgraph-operation.ts';

/** Operations of resolvers are constants of their code; only texts that are put together at run time come near this. */
const MAX_OPERATIONS = 500;

/** The operations that resolvers send, each parsed once, so that everything compiled for an operation is found again. */
export class KnownOperations {
  readonly #operations = new Map<string, SubgraphOperation>();

  read(
    text: string,
  ): { readonly operation: SubgraphOperation } | { readonly errors: readonly GraphQLFormattedError[] } {
    const known = this.#operations.get(text);
    if (known !== undefined) return { operation: known };
    try {
      const operation = operationOfDocument(parse(text, { noLocation: true }));
      if (this.#operations.size >= MAX_OPERATIONS) this.#operations.clear();
      this.#operations.set(text, operation);
      return { operation };
    } catch (error) {
      const message = error instanceof GraphQLError ? error.message : String(error);
      return { errors: [{ message, extensions: { code: 'GRAPHQL_PARSE_FAILED' } }] };
    }
  }
}
