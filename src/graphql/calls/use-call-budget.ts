import type { Operation } from '../../planner/operation.ts';
import type { QueryPlanner } from '../../planner/query-planner.ts';
import type { Plugin } from '../context.ts';
import { compileLimit, type LimitDefinition, type OnLimitEvent } from '../limits/operation-limit.ts';
import { knownOperation } from '../use-operation.ts';
import { countCalls } from './count-calls.ts';

/**
 * Judges an operation by the requests to upstreams that its plan has. The engine runs by the same plan, so that nothing is planned
 * twice. Where an operation has no plan, the stitch engine finds its way as it goes, and nothing is judged.
 */
export function useCallBudget(
  planner: Pick<QueryPlanner, 'plan'>,
  definition: LimitDefinition,
  onLimit: OnLimitEvent,
): Plugin {
  if (definition.mode === 'off') return {};
  const judge = compileLimit('upstream_calls', definition, onLimit);
  const known = new WeakMap<Operation, number>();

  async function plan(operation: Operation): Promise<number> {
    const planned = await planner.plan(operation);
    const calls = 'plan' in planned ? countCalls(planned.plan).calls : 0;
    known.set(operation, calls);
    return calls;
  }

  const onExecute: NonNullable<Plugin['onExecute']> = ({ args, setResultAndStopExecution }) => {
    const operation = knownOperation(args.document);
    if (operation === undefined || operation.isEmpty) return undefined;
    const settle = (calls: number): undefined => {
      const refusal = judge(calls);
      if (refusal !== undefined) setResultAndStopExecution({ errors: [refusal] });
    };
    const calls = known.get(operation);
    return calls === undefined ? plan(operation).then(settle) : settle(calls);
  };
  return { onExecute, onSubscribe: onExecute as unknown as NonNullable<Plugin['onSubscribe']> };
}
