import type { QueryPlan } from '@graphql-hive/router-query-planner';
import { type DocumentNode, Kind, parse } from 'graphql';
import { ByteBoundedCache } from './byte-bounded-cache.ts';
import { createDataKeys, type DataKeys } from './data-keys.ts';
import { createNativePlanner, type NativePlanner } from './native-planner.ts';
import type { Operation } from './operation.ts';
import { createOwnPlanner } from './own-planner.ts';
import { createPlanDocumentWriter } from './plan-document.ts';

export type PlannerName = 'own' | 'native';

/** What is known of planning an operation: a plan and who made it, or why there is none. */
export type Planned = { readonly plan: QueryPlan; readonly planner: PlannerName } | { readonly failure: Error };

export interface QueryPlannerOptions {
  /** Default: 32 MiB. Plans are weighed by the text of their fetches. */
  readonly maxCacheBytes?: number;
  /** Labels of `@override(label:)` that are on. Default: none. */
  readonly overrideLabels?: ReadonlySet<string>;
  /** Who is asked, in this order, until one has a plan. Default: Weir's own, then the native one. */
  readonly planners?: readonly PlannerName[];
}

export interface QueryPlanner {
  readonly supergraph: DocumentNode;
  /** Where the data that a plan fetches has what an operation selects. */
  readonly dataKeys: DataKeys;
  /**
   * The plan of an operation that is not empty, from the cache or made anew; however many ask at once, it is made once.
   * Failures are kept as plans are. Root fields of introspection and `__typename` are not part of it.
   */
  plan(operation: Operation): Promise<Planned>;
  /** What is kept for the operation, if anything. */
  peek(operation: Operation): Planned | undefined;
}

const DEFAULT_MAX_CACHE_BYTES = 32 * 1024 * 1024;
const DEFAULT_PLANNERS: readonly PlannerName[] = ['own', 'native'];

/** @throws {Error} where the supergraph is none. */
export function createQueryPlanner(supergraphSdl: string, options: QueryPlannerOptions = {}): QueryPlanner {
  const supergraph = parse(supergraphSdl, { noLocation: true });
  const dataKeys = createDataKeys(supergraph);
  const labels = options.overrideLabels ?? new Set();
  const own = createOwnPlanner(supergraph, labels);
  const writeForOwn = createPlanDocumentWriter(supergraph, dataKeys, { selectsInterfaceKeys: false });
  const writeForNative = createPlanDocumentWriter(supergraph, dataKeys, { selectsInterfaceKeys: true });
  // Rarely asked, and slow to make from a large supergraph.
  let native: NativePlanner | undefined;
  const planners: Readonly<Record<PlannerName, (operation: Operation) => QueryPlan | Promise<QueryPlan>>> = {
    own: (operation) => planRoots(writeForOwn(operation), (document) => own.plan(document)),
    native: (operation) =>
      planRoots(writeForNative(operation), (document) => {
        native ??= createNativePlanner(supergraphSdl, labels);
        return native.plan(document);
      }),
  };
  const order = options.planners ?? DEFAULT_PLANNERS;
  const cache = new ByteBoundedCache<Planned>(options.maxCacheBytes ?? DEFAULT_MAX_CACHE_BYTES);
  const pending = new Map<string, Promise<Planned>>();

  async function make(operation: Operation): Promise<Planned> {
    const planned = await tryAll(operation);
    cache.set(operation.text, planned, 'plan' in planned ? weigh(planned.plan) : 256);
    return planned;
  }

  async function tryAll(operation: Operation): Promise<Planned> {
    const causes: unknown[] = [];
    for (const planner of order) {
      try {
        return { plan: await planners[planner](operation), planner };
      } catch (cause) {
        causes.push(cause);
      }
    }
    // The first planner says best what is wrong.
    return { failure: new Error(`Cannot plan operation ${operation.name ?? '(anonymous)'}`, { cause: causes[0] }) };
  }

  return {
    dataKeys,
    supergraph,
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

/** Plans the root fields that subgraphs answer. */
function planRoots<Plan extends QueryPlan | Promise<QueryPlan>>(
  document: DocumentNode,
  plan: (document: DocumentNode) => Plan,
): Plan | QueryPlan {
  const [definition] = document.definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return { kind: 'QueryPlan' };
  const { selectionSet } = definition;
  const selections = selectionSet.selections.filter(
    (selection) => selection.kind !== Kind.FIELD || !selection.name.value.startsWith('__'),
  );
  if (selections.length === 0) return { kind: 'QueryPlan' };
  return plan({ ...document, definitions: [{ ...definition, selectionSet: { ...selectionSet, selections } }] });
}

/** Bytes that a plan is taken to weigh: its JSON twice, since objects weigh more than text. */
function weigh(plan: QueryPlan): number {
  return JSON.stringify(plan).length * 2;
}
