import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * What the operations of a document are, as if every fragment stood where it is spread and no condition left anything
 * out; of several operations, the most of each. Introspection below `__schema` and `__type` reaches no upstream and is
 * not counted.
 */
export interface DocumentMeasures {
  /** Fields nested in each other; a root field has depth 1. */
  readonly depth: number;
  /** Fields with an alias. */
  readonly aliases: number;
  readonly rootFields: number;
  readonly directives: number;
  /** Lexical tokens; 0 where the parser did not count them. */
  readonly tokens: number;
}

interface Measures {
  depth: number;
  aliases: number;
  directives: number;
  /** Of the selection set itself, through fragments. */
  fields: number;
}

const known = new WeakMap<DocumentNode, DocumentMeasures>();

/**
 * Takes time in proportion to the document, however often its fragments are spread. Computed once for each document;
 * it need not be valid.
 */
export function measureDocument(document: DocumentNode): DocumentMeasures {
  let measures = known.get(document);
  if (measures === undefined) {
    measures = measureWithin(document);
    known.set(document, measures);
  }
  return measures;
}

/** What the stack has no room for is deeper than anything that can be allowed. */
function measureWithin(document: DocumentNode): DocumentMeasures {
  try {
    return measure(document);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const beyond = Number.POSITIVE_INFINITY;
    return { depth: beyond, aliases: 0, rootFields: 0, directives: 0, tokens: document.tokenCount ?? 0 };
  }
}

function measure(document: DocumentNode): DocumentMeasures {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const ofFragments = new Map<string, Measures>();
  const most = { depth: 0, aliases: 0, rootFields: 0, directives: 0, tokens: document.tokenCount ?? 0 };
  for (const { selectionSet, directives = [] } of operations) {
    const measures = measureSelections(selectionSet);
    most.depth = Math.max(most.depth, measures.depth);
    most.aliases = Math.max(most.aliases, measures.aliases);
    most.rootFields = Math.max(most.rootFields, measures.fields);
    most.directives = Math.max(most.directives, measures.directives + directives.length);
  }
  return most;

  function measureSelections({ selections }: SelectionSetNode): Measures {
    const sum: Measures = { depth: 0, aliases: 0, directives: 0, fields: 0 };
    for (const selection of selections) {
      const part = measureSelection(selection);
      sum.depth = Math.max(sum.depth, part.depth);
      sum.aliases += part.aliases;
      sum.directives += part.directives + (selection.directives?.length ?? 0);
      sum.fields += part.fields;
    }
    return sum;
  }

  function measureSelection(selection: SelectionNode): Measures {
    if (selection.kind === Kind.INLINE_FRAGMENT) return measureSelections(selection.selectionSet);
    if (selection.kind === Kind.FRAGMENT_SPREAD) return measureFragment(selection.name.value);
    const { name, alias, selectionSet } = selection;
    const aliases = alias === undefined ? 0 : 1;
    if (selectionSet === undefined || name.value === '__schema' || name.value === '__type')
      return { depth: 1, aliases, directives: 0, fields: 1 };
    const inner = measureSelections(selectionSet);
    return {
      depth: inner.depth + 1,
      aliases: inner.aliases + aliases,
      directives: inner.directives,
      fields: 1,
    };
  }

  function measureFragment(name: string): Measures {
    const done = ofFragments.get(name);
    if (done !== undefined) return done;
    // Stands for the fragment inside itself: validation refuses such a document.
    ofFragments.set(name, { depth: 0, aliases: 0, directives: 0, fields: 0 });
    const fragment = fragments.get(name);
    if (fragment === undefined) return { depth: 0, aliases: 0, directives: 0, fields: 0 };
    const measures = measureSelections(fragment.selectionSet);
    measures.directives += fragment.directives?.length ?? 0;
    ofFragments.set(name, measures);
    return measures;
  }
}
