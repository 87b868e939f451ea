import type {
  BatchFetchNode,
  FetchNode,
  FetchRewrite,
  FlattenNodePathSegment,
  PlanNode,
  QueryPlan,
  RequiresSelection,
} from '@graphql-hive/router-query-planner';
import { type DocumentNode, parse } from 'graphql';
import { type FieldTypes, makeKeysDistinct } from '../../subgraphs/distinct-keys.ts';
import type { Subgraph, SubgraphOperation } from '../../subgraphs/subgraph.ts';
import { readAnswerKeys } from './answer-keys.ts';
import { compileOutputRewrites } from './compile-output-rewrites.ts';
import { compilePath } from './compile-path.ts';
import { compileRepresentation } from './compile-representation.ts';
import type { EntitySelection, Step } from './step.ts';
import type { SupergraphTypes } from './supergraph-types.ts';

export interface PlanContext {
  readonly subgraphs: ReadonlyMap<string, Subgraph>;
  readonly types: SupergraphTypes;
  /** By subgraph name. */
  readonly fieldTypes: ReadonlyMap<string, FieldTypes>;
}

/**
 * Compiles a query plan. `undefined`: it fetches nothing.
 * @throws {Error} where the plan names a subgraph that is not there, or has a node that the engine cannot run.
 */
export function compilePlan(plan: QueryPlan, context: PlanContext): Step | undefined {
  return plan.node === undefined ? undefined : compileNode(plan.node, undefined, { ...context, selections: new Map() });
}

interface Compilation extends PlanContext {
  /** By what the planner says of them. */
  readonly selections: Map<string, EntitySelection>;
}

function compileNode(node: PlanNode, path: readonly FlattenNodePathSegment[] | undefined, context: Compilation): Step {
  switch (node.kind) {
    case 'Sequence':
      return { kind: 'sequence', steps: node.nodes.map((child) => compileNode(child, path, context)) };
    case 'Parallel':
      return { kind: 'parallel', steps: node.nodes.map((child) => compileNode(child, path, context)) };
    case 'Flatten':
      return compileNode(node.node, [...(path ?? []), ...node.path], context);
    case 'Condition':
      return {
        kind: 'condition',
        variable: node.condition,
        whenTrue: node.ifClause && compileNode(node.ifClause, path, context),
        whenFalse: node.elseClause && compileNode(node.elseClause, path, context),
      };
    case 'Fetch':
      return compileFetch(node, path, context);
    case 'BatchFetch':
      return compileBatchFetch(node, context);
    default:
      throw new Error(`Cannot compile a plan node of kind "${node.kind}"`);
  }
}

function compileFetch(
  node: FetchNode,
  path: readonly FlattenNodePathSegment[] | undefined,
  context: Compilation,
): Step {
  const { types } = context;
  const operation = createOperation(node);
  const fetch = { ...compileRequest(node.serviceName, operation, context), variableNames: node.variableUsages ?? [] };
  const outputRewrites = compileOutputRewrites(node.outputRewrites, types);
  if (node.requires === undefined) {
    return { kind: 'root', ...fetch, answerKeys: readAnswerKeys(operation.document, undefined, types), outputRewrites };
  }
  return {
    kind: 'entities',
    ...fetch,
    lists: [
      {
        responseKey: '_entities',
        variableText: '"representations":',
        selection: compileSelection([path ?? []], node.requires, node.inputRewrites, context),
        answerKeys: readAnswerKeys(operation.document, '_entities', types, outputRewrites),
        outputRewrites,
      },
    ],
  };
}

function compileBatchFetch(node: BatchFetchNode, context: Compilation): Step {
  const { types } = context;
  const operation = createOperation(node);
  return {
    kind: 'entities',
    ...compileRequest(node.serviceName, operation, context),
    variableNames: node.variableUsages ?? [],
    lists: node.entityBatch.aliases.map((alias) => {
      const outputRewrites = compileOutputRewrites(alias.outputRewrites, types);
      return {
        responseKey: alias.alias,
        variableText: `${JSON.stringify(alias.representationsVariableName)}:`,
        selection: compileSelection(alias.paths, alias.requires, alias.inputRewrites, context),
        answerKeys: readAnswerKeys(operation.document, alias.alias, types, outputRewrites),
        outputRewrites,
      };
    }),
  };
}

function compileSelection(
  paths: readonly (readonly FlattenNodePathSegment[])[],
  requires: readonly RequiresSelection[],
  inputRewrites: readonly FetchRewrite[] | undefined,
  { types, selections }: Compilation,
): EntitySelection {
  const key = JSON.stringify([paths, requires, inputRewrites]);
  const known = selections.get(key);
  if (known !== undefined) {
    known.isShared = true;
    return known;
  }
  const selection: EntitySelection = {
    paths: paths.map((path) => compilePath(path, types)),
    representation: compileRepresentation(requires, inputRewrites, types),
    isShared: false,
  };
  selections.set(key, selection);
  return selection;
}

/** What is sent where: the operation with keys that the subgraph accepts, and a subgraph whose results have the keys of the plan. */
function compileRequest(
  name: string,
  operation: SubgraphOperation,
  context: PlanContext,
): { readonly subgraph: Subgraph; readonly operation: SubgraphOperation } {
  const subgraph = findSubgraph(name, context);
  const types = context.fieldTypes.get(name);
  const distinct = types === undefined ? undefined : makeKeysDistinct(operation, types);
  if (distinct === undefined) return { subgraph, operation };
  return {
    operation: distinct.operation,
    subgraph: {
      ...subgraph,
      execute(request) {
        const result = subgraph.execute(request);
        return result instanceof Promise ? result.then(distinct.restore) : distinct.restore(result);
      },
    },
  };
}

function findSubgraph(name: string, context: PlanContext): Subgraph {
  const subgraph = context.subgraphs.get(name);
  if (subgraph === undefined)
    throw new Error(`Cannot compile the plan: it fetches from "${name}", which is not a known subgraph`);
  return subgraph;
}

function createOperation(node: FetchNode | BatchFetchNode): SubgraphOperation {
  let document: DocumentNode | undefined;
  return {
    kind: node.operationKind ?? 'query',
    name: node.operationName,
    text: node.operation,
    get document() {
      document ??= parse(node.operation, { noLocation: true });
      return document;
    },
  };
}
