import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import { createMemo } from './memo.ts';
import { collectSelections, openLevel, type Source } from './normalise/collect-selections.ts';
import { conditionVariables } from './normalise/conditions.ts';
import { writeSelections } from './normalise/write-selections.ts';
import type { Operation } from './operation.ts';

/** Combinations of condition values kept for one operation. */
const MAX_COMBINATIONS = 64;
/** Fields that fragments may unfold to in one operation. */
const MAX_FIELDS = 50_000;

/** The normaliser of one operation of one document: its normal form depends only on the values of `conditionVariables`. */
export interface Normaliser {
  readonly definition: OperationDefinitionNode;
  readonly conditionVariables: readonly string[];
  /**
   * @param variables coerced; those that are not condition variables are not read.
   * @throws {GraphQLError} `BAD_USER_INPUT`: a condition is null; `GRAPHQL_VALIDATION_FAILED`: fragments unfold to more than 50,000 fields.
   */
  apply(variables: Readonly<Record<string, unknown>>): Operation;
}

/**
 * Brings an operation into normal form. Asked again for the same document object and condition values, it gives the same `Operation` object.
 * @param document valid against `schema`.
 * @param operationName may be absent where the document has one operation (GraphQL §6.1).
 * @param variables coerced by {@link coerceVariables}.
 * @throws {GraphQLError} what {@link Normaliser.apply} throws, and `BAD_USER_INPUT` where no operation has the name.
 */
export function normaliseOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined | null,
  variables: Readonly<Record<string, unknown>>,
): Operation {
  return normaliserOf(schema, document, operationName).apply(variables);
}

const normalisersOf = createMemo((_schema: GraphQLSchema, _document: DocumentNode) => new Map<string, Normaliser>());

/** The kept normaliser of an operation; callers on a hot path hold on to it. */
export function normaliserOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined | null,
): Normaliser {
  const byName = normalisersOf(schema, document);
  let normaliser = byName.get(operationName ?? '');
  if (normaliser === undefined) {
    normaliser = compileNormaliser(schema, document, operationName);
    byName.set(operationName ?? '', normaliser);
  }
  return normaliser;
}

function compileNormaliser(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined | null,
): Normaliser {
  const definition = findOperation(document, operationName);
  const conditions = conditionVariables(document);
  const kept = new Map<string, Operation>();
  let only: Operation | undefined;
  return {
    definition,
    conditionVariables: conditions,
    apply(variables) {
      if (conditions.length === 0) {
        only ??= normalise(schema, document, definition, variables);
        return only;
      }
      let key = '';
      for (const name of conditions) key += variables[name] === true ? '1' : variables[name] === false ? '0' : '-';
      const known = kept.get(key);
      if (known !== undefined) return known;
      const operation = normalise(schema, document, definition, variables);
      const oldest = kept.keys().next();
      if (kept.size >= MAX_COMBINATIONS && !oldest.done) kept.delete(oldest.value);
      kept.set(key, operation);
      return operation;
    },
  };
}

/** GraphQL §6.1 GetOperation. */
function findOperation(document: DocumentNode, operationName: string | undefined | null): OperationDefinitionNode {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [first] = operationName ? operations.filter(({ name }) => name?.value === operationName) : operations;
  if (first !== undefined && (operationName || operations.length === 1)) return first;
  const message =
    operations.length === 0
      ? 'The document contains no operation'
      : operationName
        ? `The document contains no operation named "${operationName}"`
        : 'The document contains several operations: the request must name one';
  throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

function normalise(
  schema: GraphQLSchema,
  document: DocumentNode,
  definition: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Operation {
  const rootType = schema.getRootType(definition.operation);
  if (rootType == null) {
    throw new GraphQLError(`The schema has no ${definition.operation} type`, {
      nodes: definition,
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  }
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const part of document.definitions) {
    if (part.kind === Kind.FRAGMENT_DEFINITION) fragments.set(part.name.value, part);
  }
  const source: Source = { schema, fragments, variables, budget: MAX_FIELDS };
  const root = openLevel(source, rootType);
  collectSelections(source, root, definition.selectionSet.selections);
  let privateAlias: string | undefined;
  const selections = writeSelections(source, root, () => {
    privateAlias ??= unusedAlias(document);
    return privateAlias;
  });
  const written: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: definition.operation,
    ...(definition.name !== undefined && { name: definition.name }),
    directives: definition.directives ?? [],
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
  const used = usedVariables(written);
  const operation: OperationDefinitionNode = {
    ...written,
    variableDefinitions: (definition.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value)),
  };
  const normalised: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation] };
  const isEmpty = selections.length === 0;
  const text = isEmpty ? `${definition.operation}{}` : stripIgnoredCharacters(print(normalised));
  return {
    kind: definition.operation,
    name: definition.name?.value,
    // The comment keeps apart an operation in which a client itself selects `__typename` under that alias.
    text: privateAlias === undefined ? text : `${text}#${privateAlias}`,
    document: normalised,
    isEmpty,
    privateAlias,
  };
}

/** A response key that the client does not use. */
function unusedAlias(document: DocumentNode): string {
  const aliases = new Set<string>();
  visit(document, {
    Field(field) {
      if (field.alias !== undefined) aliases.add(field.alias.value);
    },
  });
  let alias = '_weir_empty';
  while (aliases.has(alias)) alias += '_';
  return alias;
}

function usedVariables(operation: OperationDefinitionNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(operation, {
    Variable(variable) {
      names.add(variable.name.value);
    },
  });
  return names;
}
