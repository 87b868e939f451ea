import type { QueryPlan } from '@graphql-hive/router-query-planner';
import type { GraphQLSchema } from 'graphql';
import type { DataKeys } from '../planner/data-keys.ts';
import type { Operation } from '../planner/operation.ts';
import { compileIntrospection, type Introspect } from './compile/compile-introspection.ts';
import { compilePlan, type PlanContext } from './compile/compile-plan.ts';
import { splitIndependent } from './compile/split-independent.ts';
import type { Step } from './compile/step.ts';
import { buildShape } from './write/build-shape.ts';
import type { ObjectShape } from './write/shape.ts';
import { createWriter, type Writer } from './write/writer.ts';

/** An operation with everything done that does not depend on a request. */
export interface Program {
  readonly operation: Operation;
  readonly plan: QueryPlan;
  /** `undefined`: nothing is fetched. */
  readonly step: Step | undefined;
  readonly introspect: Introspect | undefined;
  readonly shape: ObjectShape;
  readonly write: Writer;
  /** What it is taken to weigh in a cache. */
  readonly bytes: number;
}

export interface CompileContext extends PlanContext {
  readonly apiSchema: GraphQLSchema;
  readonly dataKeys: DataKeys;
  /** Whether the writer may be generated code. */
  readonly generatesCode: boolean;
}

/** @throws {Error} where the plan has what the engine cannot run. */
export function compileProgram(operation: Operation, plan: QueryPlan, context: CompileContext): Program {
  const shape = buildShape(context.apiSchema, operation, context.dataKeys);
  const step = compilePlan(plan, context);
  return {
    operation,
    plan,
    // A mutation's root fields run one after another, whatever they touch.
    step: step !== undefined && operation.kind === 'query' ? splitIndependent(step) : step,
    introspect: compileIntrospection(context.apiSchema, operation),
    shape,
    write: createWriter(shape, context.generatesCode),
    // Closures and generated functions weigh several times the text that they are made from.
    bytes: 4096 + 12 * (operation.text.length + JSON.stringify(plan).length),
  };
}
