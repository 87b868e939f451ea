import { readFileSync } from 'node:fs';
import {
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  Source,
  type SourceLocation,
  separateOperations,
} from 'graphql';
import type { RouteDocumentDefinition } from '../../config/schema/route-document.ts';

/** The operation that a route runs. */
export interface RouteDocument {
  /** With the fragments that it uses, and nothing else: parsed anew, it has the lines of this text. */
  readonly text: string;
  readonly operation: OperationDefinitionNode;
  /** As it was written, with its places. */
  readonly source: Source;
}

/** Something that is wrong with a document. */
export interface DocumentProblem {
  readonly message: string;
  readonly hint: string;
  /** In the file, or in the text of the route. */
  readonly location: SourceLocation | undefined;
  /** Keys below the route that it is about, where it is not about the document itself. */
  readonly key?: readonly string[];
}

/** The document of a route, or why it cannot be run, whatever the graph. */
export function readDocument(definition: RouteDocumentDefinition): RouteDocument | DocumentProblem {
  const { file, text, operation: wanted } = definition;
  const source = new Source(text ?? readFileSync(file as string, 'utf8'), file ?? 'document.text');
  try {
    const document = parse(source);
    const operations = document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
    const operation = wanted === undefined ? operations[0] : operations.find(({ name }) => name?.value === wanted);
    if (operation === undefined)
      return problem(
        wanted === undefined ? 'The document has no operation' : `The document has no operation "${wanted}"`,
        'Write one, or correct `operation:`',
      );
    if (wanted === undefined && operations.length > 1) {
      return problem(
        `The document has ${operations.length} operations`,
        'Say which one is run with `operation: NAME`',
        operations[1],
      );
    }
    if (operation.operation === 'subscription') {
      return problem('A route answers once, and a subscription does not end', 'Write a query or a mutation', operation);
    }
    const own = operations.length === 1 ? document : separateOperations(document)[operation.name?.value ?? ''];
    return { text: print(own ?? document), operation, source };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { message: error.message, hint: 'Correct the document', location: error.locations?.[0] };
  }
}

function problem(message: string, hint: string, node?: OperationDefinitionNode): DocumentProblem {
  const token = node?.loc?.startToken;
  return { message, hint, location: token && { line: token.line, column: token.column } };
}

export function isDocumentProblem(read: RouteDocument | DocumentProblem): read is DocumentProblem {
  return 'message' in read;
}
