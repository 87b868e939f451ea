import type { QueryPlan } from '@graphql-hive/router-query-planner';
import type { DocumentNode } from 'graphql';
import type { Config } from '../config/config.ts';
import { createCompiledEngine } from '../engine/compiled-engine.ts';
import type { Engine } from '../planner/engine.ts';
import type { Operation } from '../planner/operation.ts';
import type { PlannerName } from '../planner/query-planner.ts';
import { createStitchEngine } from '../stitch/stitch-engine.ts';
import type { Subgraph } from '../subgraphs/subgraph.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { countCalls, type PlannedCalls } from './calls/count-calls.ts';
import type { SlicingBreach } from './cost/list-length.ts';
import { createEstimators } from './cost/use-cost.ts';
import { compileDocumentLimits } from './limits/document-limits.ts';
import { type DocumentMeasures, measureDocument } from './limits/measure-document.ts';
import { compileLimit, type LimitEvent } from './limits/operation-limit.ts';

/** What the gateway would know of an operation before it runs. */
export interface Examination {
  readonly measures: DocumentMeasures;
  readonly cost: number;
  /** Slicing arguments that are missing or too many. */
  readonly breach: SlicingBreach | undefined;
  /** `undefined`: nobody can plan it. */
  readonly planned:
    | { readonly plan: QueryPlan; readonly planner: PlannerName; readonly calls: PlannedCalls }
    | undefined;
  /** The engine that runs it; `undefined`: none does. */
  readonly engine: Engine['name'] | undefined;
  /** Why engines before that one decline it. */
  readonly declined: readonly string[];
  /** Limits that it is beyond. */
  readonly beyond: readonly LimitEvent[];
}

/** Examines operations as the gateway of a config would judge them, without upstreams. */
export type ExamineOperation = (
  document: DocumentNode,
  operation: Operation,
  variables: Readonly<Record<string, unknown>>,
) => Promise<Examination>;

/** @throws {Error} where the engine that the config insists on is not there. */
export function createExaminer(supergraph: Supergraph, { graphql }: Pick<Config, 'graphql'>): ExamineOperation {
  const { limits } = graphql;
  const { apiSchema, sdl } = supergraph;
  const subgraphs = new Map([...supergraph.graphs.values()].map(({ name, url }) => [name, createStandIn(name, url)]));
  const compiled = createCompiledEngine({ supergraphSdl: sdl, apiSchema, subgraphs });
  const estimatorOf = createEstimators(apiSchema, limits.cost);
  let stitch: Engine | undefined;
  const stitchEngine = (): Engine => {
    stitch ??= createStitchEngine(supergraph, subgraphs);
    return stitch;
  };
  const order: readonly (() => Engine)[] = {
    auto: [() => compiled, stitchEngine],
    compiled: [() => compiled],
    stitch: [stitchEngine, () => compiled],
  }[graphql.engine];

  return async (document, operation, variables) => {
    const beyond: LimitEvent[] = [];
    const tell = (event: LimitEvent) => void beyond.push(event);
    compileDocumentLimits(limits, tell)(document);
    const { cost, breach } = estimatorOf(operation)(variables);
    const { mode, max = Number.POSITIVE_INFINITY } = limits.cost;
    compileLimit('cost', { mode, max }, tell)(cost);
    const planned = operation.isEmpty ? undefined : await compiled.planner.plan(operation);
    const found = planned !== undefined && 'plan' in planned ? planned : undefined;
    const calls = found && countCalls(found.plan);
    if (calls !== undefined) compileLimit('upstream_calls', limits.upstreamCalls, tell)(calls.calls);
    return {
      measures: measureDocument(document),
      cost,
      breach,
      planned: found && calls && { plan: found.plan, planner: found.planner, calls },
      ...(await chooseEngine(order, operation)),
      beyond,
    };
  };
}

async function chooseEngine(
  order: readonly (() => Engine)[],
  operation: Operation,
): Promise<Pick<Examination, 'engine' | 'declined'>> {
  // Only the interpreter subscribes.
  if (operation.kind === 'subscription') return { engine: 'stitch', declined: [] };
  const declined: string[] = [];
  for (const create of order) {
    const engine = create();
    await engine.prepare?.(operation);
    const reason = engine.declines(operation);
    if (reason === undefined) return { engine: engine.name, declined };
    declined.push(`${engine.name}: ${reason}`);
  }
  return { engine: undefined, declined };
}

/** A subgraph to plan and compile with; it answers nothing. */
function createStandIn(name: string, url: string): Subgraph {
  return {
    name,
    url,
    sdl: '',
    execute: () => Promise.reject(new Error(`Cannot ask "${name}": operations are only examined`)),
  };
}
