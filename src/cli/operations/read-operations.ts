import { glob, readFile } from 'node:fs/promises';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
  Source,
} from 'graphql';
import { soleDocument } from './sole-document.ts';

/** An operation of a file with the fragments that it uses, also those of other files. */
export interface FoundOperation {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly definition: OperationDefinitionNode;
  readonly document: DocumentNode;
}

export interface FoundOperations {
  readonly operations: readonly FoundOperation[];
  /** Files that are not GraphQL, and fragments of one name of which it is not clear which one is meant. */
  readonly errors: readonly GraphQLError[];
}

/** Reads the operations of all files that the patterns match, in the order of their names and lines. */
export async function readOperations(patterns: readonly string[], directory: string): Promise<FoundOperations> {
  const files = new Set<string>();
  for (const pattern of patterns) for await (const file of glob(pattern, { cwd: directory })) files.add(file);
  const errors: GraphQLError[] = [];
  const documents = new Map<string, DocumentNode>();
  for (const file of [...files].sort()) {
    try {
      documents.set(file, parse(new Source(await readFile(`${directory}/${file}`, 'utf8'), file)));
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      errors.push(error);
    }
  }
  const fragments = new Map<string, FragmentDefinitionNode[]>();
  for (const { definitions } of documents.values()) {
    for (const definition of definitions) {
      if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
      fragments.set(definition.name.value, [...(fragments.get(definition.name.value) ?? []), definition]);
    }
  }
  const operations: FoundOperation[] = [];
  for (const [file, { definitions }] of documents) {
    for (const definition of definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
      const document = soleDocument(definition, compileFinder(file, fragments, errors));
      operations.push({ file, line: definition.loc?.startToken.line ?? 1, definition, document });
    }
  }
  return { operations, errors };
}

/** A fragment of the operation's own file comes first. */
function compileFinder(
  file: string,
  fragments: ReadonlyMap<string, readonly FragmentDefinitionNode[]>,
  errors: GraphQLError[],
): (spread: FragmentSpreadNode) => FragmentDefinitionNode | undefined {
  return (spread) => {
    const name = spread.name.value;
    const candidates = fragments.get(name) ?? [];
    const own = candidates.find(({ loc }) => loc?.source.name === file);
    if (own === undefined && candidates.length > 1) {
      const places = candidates.map(({ loc }) => `"${loc?.source.name}"`).join(', ');
      errors.push(new GraphQLError(`Fragment "${name}" is in several files: ${places}`, { nodes: [spread] }));
    }
    return own ?? candidates[0];
  };
}
