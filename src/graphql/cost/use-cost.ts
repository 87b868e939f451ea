import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { CostDefinition } from '../../config/schema/operation-limits.ts';
import type { Identity } from '../../edge/request-context.ts';
import { ERRORS } from '../../errors.ts';
import type { Operation } from '../../planner/operation.ts';
import type { Plugin } from '../context.ts';
import { hasScopes } from '../field-auth/demand.ts';
import { compileLimit, type OnLimitEvent } from '../limits/operation-limit.ts';
import { knownOperation } from '../use-operation.ts';
import { compileCost, type EstimateCost } from './compile-cost.ts';
import { compileCostRules } from './cost-rules.ts';
import type { SlicingBreach } from './list-length.ts';

export interface CostObserver {
  readonly onLimit: OnLimitEvent;
  /** Told of the cost of every operation. */
  readonly onCost: (cost: number) => void;
}

/**
 * Estimates what an operation costs before anything of it runs, for the limit, for limits of rates
 * (`facts.operationCost`), and for clients that may see it. Must come after the operation is normalised.
 */
export function useCost(schema: GraphQLSchema, definition: CostDefinition, { onLimit, onCost }: CostObserver): Plugin {
  const { mode, max = Number.POSITIVE_INFINITY, expose } = definition;
  if (mode === 'off') return {};
  const estimatorOf = createEstimators(schema, definition);
  const judge = compileLimit('cost', { mode, max }, onLimit);
  const refusesBreaches = mode === 'enforce' && definition.max !== undefined;
  const isShownTo = compileAudience(expose);

  const onExecute = ({ args, setResultAndStopExecution }: Parameters<NonNullable<Plugin['onExecute']>>[0]) => {
    const operation = knownOperation(args.document);
    if (operation === undefined) return undefined;
    const { cost, breach } = estimatorOf(operation)(args.variableValues ?? {});
    const { weir } = args.contextValue;
    weir.facts.operationCost = cost;
    onCost(cost);
    const refusal = breach !== undefined && refusesBreaches ? refuseBreach(breach) : judge(cost);
    if (refusal !== undefined) setResultAndStopExecution({ errors: [refusal] });
    if (!isShownTo(weir.identity)) return undefined;
    const shown = { estimated: cost, ...(definition.max !== undefined && { max }) };
    return {
      onExecuteDone({ result }: { readonly result: object }) {
        if (Symbol.asyncIterator in result) return;
        const { extensions } = result as { readonly extensions?: object };
        Object.assign(result, { extensions: { ...extensions, cost: shown } });
      },
    };
  };
  return {
    onExecute: onExecute as NonNullable<Plugin['onExecute']>,
    onSubscribe: onExecute as unknown as NonNullable<Plugin['onSubscribe']>,
  };
}

/** Compiles the cost of each operation once. */
export function createEstimators(
  schema: GraphQLSchema,
  definition: Pick<CostDefinition, 'object' | 'scalar' | 'defaultListSize' | 'mutation'>,
): (operation: Operation) => EstimateCost {
  const rules = compileCostRules(schema, definition);
  const known = new WeakMap<Operation, EstimateCost>();
  return (operation) => {
    let estimate = known.get(operation);
    if (estimate === undefined) {
      estimate = compileCost(schema, operation, rules, definition.mutation);
      known.set(operation, estimate);
    }
    return estimate;
  };
}

function compileAudience(expose: CostDefinition['expose']): (identity: Identity | null) => boolean {
  if (typeof expose === 'boolean') return () => expose;
  return (identity) => identity !== null && hasScopes(identity, expose.scopes);
}

function refuseBreach({ coordinate, slicingArguments, given }: SlicingBreach): GraphQLError {
  const names = slicingArguments.map((name) => `"${name}"`).join(', ');
  return new GraphQLError(`"${coordinate}" needs exactly one of the arguments ${names}, got ${given} of them`, {
    extensions: { code: 'BAD_USER_INPUT', http: { spec: true, status: ERRORS.BAD_USER_INPUT.status } },
  });
}
