import type { QueryPlan } from '@graphql-hive/router-query-planner';
import { type DocumentNode, Kind, parse } from 'graphql';
import { ByteBoundedCache } from './byte-bounded-cache.ts';
import { createDataKeys, type DataKeys } from './data-keys.ts';
import { readFederationModel } from './model/read-federation-model.ts';
import { createNativePlanner, type NativePlanner } from './native-planner.ts';
import type { Operation } from './operation.ts';
import { createOwnPlanner } from './own-planner.ts';
import { createPlanDocumentWriter } from './plan-document.ts';
import { TooLargeError } from './search/find-options.ts';
import { verifyPlan } from './verify/verify-plan.ts';

export type PlannerName = 'own' | 'native';

/** What is known of planning an operation: a plan and who made it, or why there is none. */
export type Planned = { readonly plan: QueryPlan; readonly planner: PlannerName } | { readonly failure: Error };

export interface QueryPlannerOptions {
  /** Default: 32 MiB. Plans are weighed by the text of their fetches. */
  readonly maxCacheBytes?: number;
  /** Labels of `@override(label:)` that are on. Default: none. */
  readonly overrideLabels?: ReadonlySet<string>;
  /** Who is asked, in this order, until one has a plan that proves right. Default: Weir's own, then the native one. */
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
  const model = readFederationModel(supergraph, labels);
  const own = createOwnPlanner(model);
  const writeForOwn = createPlanDocumentWriter(supergraph, dataKeys, { selectsInterfaceKeys: false });
  const writeForNative = createPlanDocumentWriter(supergraph, dataKeys, { selectsInterfaceKeys: true });
  // Rarely asked, and slow to make from a large supergraph.
  let native: NativePlanner | undefined;
  const askNative = (operation: Operation): Promise<QueryPlan> => {
    native ??= createNativePlanner(supergraphSdl, labels);
    return native.plan(rootsOf(writeForNative(operation)));
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
    const asked = rootsOf(writeForOwn(operation));
    if (isEmpty(asked)) return { plan: { kind: 'QueryPlan' }, planner: 'own' };
    const causes: unknown[] = [];
    for (const planner of order) {
      try {
        const plan = planner === 'own' ? own.plan(asked) : await askNative(operation);
        const wrong = verifyPlan(model, plan, asked);
        if (wrong === undefined) return { plan, planner };
        throw new Error(`The plan of the ${planner} planner is wrong: ${wrong}`);
      } catch (cause) {
        causes.push(cause);
        if (cause instanceof TooLargeError) break;
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

/** The operation without the root fields that no subgraph answers. */
function rootsOf(document: DocumentNode): DocumentNode {
  const [definition] = document.definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return document;
  const { selectionSet } = definition;
  const selections = selectionSet.selections.filter(
    (selection) => selection.kind !== Kind.FIELD || !selection.name.value.startsWith('__'),
  );
  return { ...document, definitions: [{ ...definition, selectionSet: { ...selectionSet, selections } }] };
}

function isEmpty({ definitions: [definition] }: DocumentNode): boolean {
  return definition?.kind !== Kind.OPERATION_DEFINITION || definition.selectionSet.selections.length === 0;
}

/** Bytes that a plan is taken to weigh: its JSON twice, since objects weigh more than text. */
function weigh(plan: QueryPlan): number {
  return JSON.stringify(plan).length * 2;
}
