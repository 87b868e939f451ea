import type { QueryPlan } from '@graphql-hive/router-query-planner';
import { type DocumentNode, Kind, type OperationDefinitionNode, parse, print, stripIgnoredCharacters } from 'graphql';
import { ByteBoundedCache } from './byte-bounded-cache.ts';
import { createDataKeys, type DataKeys } from './data-keys.ts';
import { loadNativePlanner, type NativePlanner } from './native-planner.ts';
import type { Operation } from './operation.ts';
import { createOwnPlanner, type OwnPlanner } from './own-planner.ts';
import { createPlanDocumentWriter, type WritePlanDocument } from './plan-document.ts';

/** What is known of planning an operation: a plan, or why there is none. */
export type Planned = { readonly plan: QueryPlan } | { readonly failure: Error };

export interface QueryPlannerOptions {
  /** Default: 32 MiB. Plans are weighed by the text of their fetches. */
  readonly maxCacheBytes?: number;
  /** Labels of `@override(label:)` that are on. Default: none. */
  readonly overrideLabels?: ReadonlySet<string>;
}

export interface QueryPlanner {
  readonly supergraph: DocumentNode;
  /** Where the data that a plan fetches has what an operation selects. */
  readonly dataKeys: DataKeys;
  /** The schema that clients see, as SDL. */
  readonly consumerSchema: string;
  /** Labels that the supergraph's `@override(label:)` name. */
  readonly overrideLabels: readonly string[];
  /**
   * The plan of an operation that is not empty, from the cache or made off the main thread; however many ask at once, it is made once.
   * Failures are kept as plans are. Root fields of introspection and `__typename` are not part of it.
   */
  plan(operation: Operation): Promise<Planned>;
  /** What is kept for the operation, if anything. */
  peek(operation: Operation): Planned | undefined;
}

const DEFAULT_MAX_CACHE_BYTES = 32 * 1024 * 1024;

/** @throws {Error} where the platform has no native planner, or the supergraph is refused by it. */
export function createQueryPlanner(supergraphSdl: string, options: QueryPlannerOptions = {}): QueryPlanner {
  const native = loadNativePlanner(supergraphSdl);
  const supergraph = parse(supergraphSdl, { noLocation: true });
  const dataKeys = createDataKeys(supergraph);
  const writeDocument = createPlanDocumentWriter(supergraph, dataKeys, { selectsInterfaceKeys: true });
  const labels = new Set(options.overrideLabels);
  const own = createOwnPlanner(supergraph, labels);
  const writeOwnDocument = createPlanDocumentWriter(supergraph, dataKeys, { selectsInterfaceKeys: false });
  const cache = new ByteBoundedCache<Planned>(options.maxCacheBytes ?? DEFAULT_MAX_CACHE_BYTES);
  const pending = new Map<string, Promise<Planned>>();

  async function make(operation: Operation): Promise<Planned> {
    const planned = await (process.env.OWN ? (async () => planOwn(own, writeOwnDocument(operation)))() : planOperation(native, writeDocument, operation, labels)).then(
      (plan): Planned => ({ plan }),
      (cause: unknown): Planned => ({
        failure: new Error(`Cannot plan operation ${operation.name ?? '(anonymous)'}`, { cause }),
      }),
    );
    cache.set(operation.text, planned, 'plan' in planned ? weigh(planned.plan) : 256);
    return planned;
  }

  return {
    dataKeys,
    supergraph,
    consumerSchema: native.consumerSchema,
    overrideLabels: native.overrideLabels,
    peek: (operation) => cache.peek(operation.text),
    async plan(operation) {
      const known = cache.get(operation.text);
      if (known !== undefined) return known;
      let making = pending.get(operation.text);
      if (making === undefined) {
        making = make(operation).finally(() => pending.delete(operation.text));
        pending.set(operation.text, making);
      }
      return making;
    },
  };
}

function planOwn(own: OwnPlanner, document: DocumentNode): QueryPlan {
  const [definition] = document.definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return { kind: 'QueryPlan' };
  const roots = definition.selectionSet.selections.filter(
    (selection) => selection.kind !== Kind.FIELD || !selection.name.value.startsWith('__'),
  );
  if (roots.length === 0) return { kind: 'QueryPlan' };
  return own.plan({ ...document, definitions: [{ ...definition, selectionSet: { ...definition.selectionSet, selections: roots } }] });
}

async function planOperation(
  native: NativePlanner,
  writeDocument: WritePlanDocument,
  operation: Operation,
  labels: Set<string>,
): Promise<QueryPlan> {
  const document = writeDocument(operation);
  const [definition] = document.definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return { kind: 'QueryPlan' };
  const roots = definition.selectionSet.selections.filter(
    (selection) => selection.kind !== Kind.FIELD || !selection.name.value.startsWith('__'),
  );
  if (roots.length === 0) return { kind: 'QueryPlan' };
  const plan = await native.planAsync(printRoots(definition, roots), operation.name, labels, 0);
  if (operation.kind !== 'mutation' || roots.length === 1 || plan.node?.kind === 'Fetch') return plan;
  // GraphQL §6.2.2: a root field begins when the one before it is complete, entity fetches and all.
  const plans = await Promise.all(
    roots.map((root) => native.planAsync(printRoots(definition, [root]), operation.name, labels, 0)),
  );
  return { kind: 'QueryPlan', node: { kind: 'Sequence', nodes: plans.flatMap(({ node }) => node ?? []) } };
}

function printRoots(
  definition: OperationDefinitionNode,
  selections: OperationDefinitionNode['selectionSet']['selections'],
): string {
  const part: OperationDefinitionNode = { ...definition, selectionSet: { kind: Kind.SELECTION_SET, selections } };
  const body = print(part.selectionSet);
  // A variable that only the other root fields use must not be declared.
  const variableDefinitions = (definition.variableDefinitions ?? []).filter(({ variable }) =>
    new RegExp(`\\$${variable.name.value}\\b`).test(body),
  );
  return stripIgnoredCharacters(print({ ...part, variableDefinitions }));
}

/** Bytes that a plan is taken to weigh: its JSON twice, since objects weigh more than text. */
function weigh(plan: QueryPlan): number {
  return JSON.stringify(plan).length * 2;
}
