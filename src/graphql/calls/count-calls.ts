import type { PlanNode, QueryPlan } from '@graphql-hive/router-query-planner';

/** What running a plan asks of upstreams, at most. */
export interface PlannedCalls {
  /** Requests to subgraphs. One that a subgraph answers by several calls of its own counts once. */
  readonly calls: number;
  /** Requests that wait for each other: the longest chain. */
  readonly stages: number;
}

const NONE: PlannedCalls = { calls: 0, stages: 0 };

/** Of a subscription: for each event, with the event itself. */
export function countCalls({ node }: QueryPlan): PlannedCalls {
  return node === undefined ? NONE : count(node);
}

function count(node: PlanNode): PlannedCalls {
  switch (node.kind) {
    case 'Fetch':
    case 'BatchFetch':
    case 'Subscription':
      return { calls: 1, stages: 1 };
    case 'Flatten':
      return count(node.node);
    case 'Parallel':
      return besides(node.nodes.map(count));
    case 'Sequence':
      return inTurn(node.nodes.map(count));
    case 'Condition':
      return either([node.ifClause, node.elseClause].map((clause) => (clause === undefined ? NONE : count(clause))));
    case 'Defer': {
      const parts = [node.primary.node, ...node.deferred.map((deferred) => deferred.node)];
      return inTurn(parts.map((part) => (part === undefined ? NONE : count(part))));
    }
  }
}

function besides(parts: readonly PlannedCalls[]): PlannedCalls {
  return { calls: total(parts), stages: Math.max(0, ...parts.map(({ stages }) => stages)) };
}

function inTurn(parts: readonly PlannedCalls[]): PlannedCalls {
  return { calls: total(parts), stages: parts.reduce((sum, { stages }) => sum + stages, 0) };
}

function either(parts: readonly PlannedCalls[]): PlannedCalls {
  return {
    calls: Math.max(...parts.map(({ calls }) => calls)),
    stages: Math.max(...parts.map(({ stages }) => stages)),
  };
}

function total(parts: readonly PlannedCalls[]): number {
  return parts.reduce((sum, { calls }) => sum + calls, 0);
}
