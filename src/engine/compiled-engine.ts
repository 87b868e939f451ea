import { performance } from 'node:perf_hooks';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { ERRORS } from '../errors.ts';
import { ByteBoundedCache } from '../planner/byte-bounded-cache.ts';
import type { Engine, EngineRequest, EngineResponse } from '../planner/engine.ts';
import type { Operation } from '../planner/operation.ts';
import { createQueryPlanner, type PlannerName, type QueryPlanner } from '../planner/query-planner.ts';
import type { FieldTypes } from '../subgraphs/distinct-keys.ts';
import type { Subgraph } from '../subgraphs/subgraph.ts';
import { readFieldTypes } from '../supergraph/field-types.ts';
import { readJoinGraphs } from '../supergraph/join-graphs.ts';
import { readSupergraphTypes } from './compile/supergraph-types.ts';
import { type CompileContext, compileProgram, type Program } from './program.ts';
import { runProgram } from './run/run-program.ts';
import type { RunEnvironment } from './run/run-step.ts';
import { canGenerateCode } from './write/writer.ts';

export interface CompiledEngineOptions {
  readonly supergraphSdl: string;
  /** What clients see of the supergraph. */
  readonly apiSchema: GraphQLSchema;
  /** By the `name` of their `@join__graph`. */
  readonly subgraphs: ReadonlyMap<string, Subgraph>;
  /** Default 64 MiB. */
  readonly maxProgramBytes?: number;
  readonly maxPlanBytes?: number;
  readonly overrideLabels?: ReadonlySet<string>;
  /** Default: all. */
  readonly planners?: readonly PlannerName[];
  /** Default: where the platform allows it. */
  readonly generatesCode?: boolean;
  onEvent?(event: CompiledEngineEvent): void;
}

export type CompiledEngineEvent =
  | { readonly type: 'compiled'; readonly operation: Operation; readonly durationMs: number }
  | { readonly type: 'compile_failed'; readonly operation: Operation; readonly cause: Error }
  /** The engine itself failed: an upstream's data that cannot be walked or written, or a defect. */
  | {
      readonly type: 'run_failed';
      readonly operation: Operation;
      readonly requestId: string;
      readonly cause: unknown;
    };

export interface CompiledEngine extends Engine {
  readonly name: 'compiled';
  readonly planner: QueryPlanner;
  prepare(operation: Operation): Promise<void> | undefined;
  /** The program of an operation, for explanations. @throws {Error} where there is none. */
  explain(operation: Operation): Promise<Program>;
  /** The operations most asked for, hottest first. */
  hottest(count: number): readonly Operation[];
}

type Compiled = Program | { readonly failure: Error; readonly operation: Operation };

const DEFAULT_MAX_PROGRAM_BYTES = 64 * 1024 * 1024;
const FAILURE_BYTES = 1024;

/** @throws {Error} where the supergraph is none. */
export function createCompiledEngine(options: CompiledEngineOptions): CompiledEngine {
  const planner = createQueryPlanner(options.supergraphSdl, {
    ...(options.maxPlanBytes !== undefined && { maxCacheBytes: options.maxPlanBytes }),
    ...(options.overrideLabels !== undefined && { overrideLabels: options.overrideLabels }),
    ...(options.planners !== undefined && { planners: options.planners }),
  });
  const types = readSupergraphTypes(planner.supergraph);
  const context: CompileContext = {
    apiSchema: options.apiSchema,
    subgraphs: options.subgraphs,
    types,
    fieldTypes: fieldTypesByName(planner.supergraph),
    dataKeys: planner.dataKeys,
    generatesCode: options.generatesCode ?? canGenerateCode(),
  };
  const environment: RunEnvironment = { objectTypes: types.objects };
  const programs = new ByteBoundedCache<Compiled>(options.maxProgramBytes ?? DEFAULT_MAX_PROGRAM_BYTES);
  const pending = new Map<string, Promise<Compiled>>();

  function compile(operation: Operation): Promise<Compiled> {
    let compiling = pending.get(operation.text);
    if (compiling === undefined) {
      compiling = compileAnew(operation).finally(() => pending.delete(operation.text));
      pending.set(operation.text, compiling);
    }
    return compiling;
  }

  async function compileAnew(operation: Operation): Promise<Compiled> {
    const startMs = performance.now();
    try {
      const planned = await planner.plan(operation);
      if ('failure' in planned) throw planned.failure;
      const program = compileProgram(operation, planned.plan, context);
      programs.set(operation.text, program, program.bytes);
      options.onEvent?.({ type: 'compiled', operation, durationMs: performance.now() - startMs });
      return program;
    } catch (cause) {
      const failure = cause instanceof Error ? cause : new Error('Cannot compile the operation', { cause });
      const compiled = { failure, operation };
      programs.set(operation.text, compiled, FAILURE_BYTES);
      options.onEvent?.({ type: 'compile_failed', operation, cause: failure });
      return compiled;
    }
  }

  function run(
    compiled: Compiled,
    { variables, context: request }: EngineRequest,
  ): Promise<EngineResponse> | EngineResponse {
    return 'failure' in compiled ? NOT_ANSWERED : runProgram(compiled, variables, request, environment);
  }

  return {
    name: 'compiled',
    planner,
    declines(operation) {
      const known = programs.peek(operation.text);
      if (known !== undefined) return 'failure' in known ? NOT_PLANNED : undefined;
      return declineReason(operation);
    },
    async execute(request) {
      const { operation } = request;
      if (operation.isEmpty) return EMPTY;
      try {
        return await run(programs.get(operation.text) ?? (await compile(operation)), request);
      } catch (cause) {
        options.onEvent?.({ type: 'run_failed', operation, requestId: request.context.requestId, cause });
        return NOT_ANSWERED;
      }
    },
    prepare(operation) {
      if (operation.isEmpty || declineReason(operation) !== undefined) return undefined;
      return programs.peek(operation.text) === undefined ? compile(operation).then(() => undefined) : undefined;
    },
    async explain(operation) {
      const compiled = programs.peek(operation.text) ?? (await compile(operation));
      if ('failure' in compiled) throw compiled.failure;
      return compiled;
    },
    hottest: (count) => programs.hottest(count).map(({ operation }) => operation),
  };
}

function fieldTypesByName(supergraph: DocumentNode): ReadonlyMap<string, FieldTypes> {
  const typesIn = readFieldTypes(supergraph);
  return new Map([...readJoinGraphs(supergraph).values()].map(({ name, enumValue }) => [name, typesIn(enumValue)]));
}

/** Why is told by `compile_failed`, once for each operation. */
const NOT_PLANNED = 'the planner or the compiler cannot do it';
const EMPTY: EngineResponse = { dataText: '{}' };
const NOT_ANSWERED: EngineResponse = {
  dataText: 'null',
  errors: [{ message: ERRORS.INTERNAL_ERROR.message, extensions: { code: 'INTERNAL_ERROR' } }],
};

function declineReason(operation: Operation): string | undefined {
  if (operation.kind === 'subscription') return 'subscriptions are not compiled';
  // A string of the operation may contain these words: declining is safe, and costs only speed.
  if (operation.text.includes('@defer') || operation.text.includes('@stream'))
    return 'incremental delivery is not compiled';
  return undefined;
}
