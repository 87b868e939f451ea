import { type ASTNode, type DocumentNode, type GraphQLSchema, Kind, parse, print, validate, visit } from 'graphql';
import type { RandomOperation } from './random-operation.ts';

/**
 * The smallest operation found that still fails: parts are left out one after the other for as long as the failure stays.
 * @param fails whether an operation, valid against the schema, still shows the failure.
 */
export async function reduceOperation(
  schema: GraphQLSchema,
  { text, variables }: RandomOperation,
  fails: (operation: RandomOperation) => Promise<boolean>,
): Promise<RandomOperation> {
  let smallest = parse(text, { noLocation: true });
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    // Large parts come first in document order: leaving them out spares the tries for all that is in them.
    for (let at = 0; ; at++) {
      const candidate = withoutPart(smallest, at);
      if (candidate === undefined) break;
      if (validate(schema, candidate).length > 0) continue;
      if (!(await fails({ text: print(candidate), variables }))) continue;
      smallest = candidate;
      isSmaller = true;
      at -= 1;
    }
  }
  const used = new Set<string>();
  visit(smallest, { VariableDefinition: ({ variable }) => void used.add(variable.name.value) });
  return {
    text: print(smallest),
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => used.has(name))),
  };
}

type Edit = 'remove' | 'unwrap';

/** The document without its part of that number; what nothing uses any more goes too. `undefined`: there are no more parts. */
function withoutPart(document: DocumentNode, number: number): DocumentNode | undefined {
  let count = 0;
  let isFound = false;
  const turn = (edits: readonly Edit[]): Edit | undefined => {
    for (const edit of edits) {
      if (count === number) isFound = true;
      count += 1;
      if (isFound && count === number + 1) return edit;
    }
    return undefined;
  };
  const edited = visit(document, {
    enter(node, _key, parent) {
      if (isFound) return undefined;
      switch (node.kind) {
        case Kind.FIELD:
        case Kind.INLINE_FRAGMENT:
        case Kind.FRAGMENT_SPREAD: {
          const isOnly = Array.isArray(parent) && parent.length === 1;
          const canUnwrap = node.kind === Kind.INLINE_FRAGMENT && isOnly;
          const edit = turn(canUnwrap ? ['unwrap'] : isOnly ? [] : ['remove']);
          if (edit === 'remove') return null;
          return edit === 'unwrap' && node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet.selections[0] : undefined;
        }
        case Kind.DIRECTIVE:
        case Kind.ARGUMENT:
        case Kind.VARIABLE_DEFINITION:
          return turn(['remove']) === undefined ? undefined : null;
        default:
          return undefined;
      }
    },
  });
  return isFound ? withoutUnused(edited) : undefined;
}

function withoutUnused(document: DocumentNode): DocumentNode {
  const names = new Set<string>();
  const note = (kind: string, name: string): void => void names.add(`${kind} ${name}`);
  visit(document, {
    FragmentSpread: ({ name }) => note('fragment', name.value),
    Variable: ({ name }, _key, parent) => {
      if ((parent as ASTNode | undefined)?.kind !== Kind.VARIABLE_DEFINITION) note('variable', name.value);
    },
  });
  const kept = visit(document, {
    FragmentDefinition: ({ name }) => (names.has(`fragment ${name.value}`) ? undefined : null),
    VariableDefinition: ({ variable }) => (names.has(`variable ${variable.name.value}`) ? undefined : null),
  });
  return kept.definitions.length === document.definitions.length ? kept : withoutUnused(kept);
}
