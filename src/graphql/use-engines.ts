import type { Engine } from '../planner/engine.ts';
import { normaliseOperation } from '../planner/normalise.ts';
import type { Operation } from '../planner/operation.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Plugin, ServerContext } from './context.ts';
import { toExecutionAnswer } from './execution-answer.ts';
import { knownOperation } from './use-operation.ts';

/**
 * Runs operations on the first engine that does not decline them, in place of graphql-js. Must come after every plugin
 * that judges or changes the document.
 */
export function useEngines(engines: readonly Engine[], metrics: Metrics): Plugin {
  const execute = async (args: ExecuteArguments) => {
    const { weir: context } = args.contextValue;
    const operation =
      knownOperation(args.document) ?? normaliseOperation(args.schema, args.document, null, args.variableValues);
    if (operation.isEmpty) return { data: {} };
    const engine = await chooseEngine(engines, operation, metrics);
    context.facts.engine = engine.name;
    const response = await engine.execute({ operation, variables: args.variableValues, context });
    const errorCount = response.errors?.length ?? 0;
    context.facts.errorCount = errorCount;
    metrics.add('weir.graphql.operations', {
      'weir.engine': engine.name,
      'weir.outcome': errorCount === 0 ? 'ok' : 'errors',
    });
    return toExecutionAnswer(response);
  };
  return {
    onExecute({ setExecuteFn }) {
      setExecuteFn(execute as never);
    },
  };
}

type ExecuteArguments = {
  readonly schema: Parameters<typeof normaliseOperation>[0];
  readonly document: Parameters<typeof normaliseOperation>[1];
  readonly variableValues: Readonly<Record<string, unknown>>;
  readonly contextValue: ServerContext;
};

async function chooseEngine(engines: readonly Engine[], operation: Operation, metrics: Metrics): Promise<Engine> {
  for (const engine of engines) {
    const preparing = engine.prepare?.(operation);
    if (preparing !== undefined) await preparing;
    const reason = engine.declines(operation);
    if (reason === undefined) return engine;
    metrics.add('weir.graphql.declined', { 'weir.engine': engine.name, 'weir.reason': reason });
  }
  return engines.at(-1) as Engine;
}
