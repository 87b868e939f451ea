import { parse } from 'graphql';
import type { Engine } from '../../src/planner/engine.ts';
import { type Answer, findDifference, findDifferenceButLosses, findUntruth } from './answer.ts';
import { createFaults, type Faults, NO_FAULTS } from './federation/faults.ts';
import type { Federation } from './federation/federate.ts';
import { namesInFieldSets } from './federation/subgraph-document.ts';
import type { RandomOperation } from './random-operation.ts';
import { runOperation } from './run-operation.ts';

/** An operation that not all answer alike. */
export class DifferenceError extends Error {
  readonly engine: string;
  /** Whether the engine only has more nulls, each with its error. */
  readonly isLoss: boolean;

  constructor(
    engine: Engine,
    what: string,
    operation: RandomOperation,
    answers: Readonly<Record<string, Answer>>,
    isLoss = false,
  ) {
    const shown = Object.entries(answers).map(
      ([name, { dataText, errors }]) =>
        `${name}:\n  ${dataText}\n${errors.map(({ path, message }) => `  ${JSON.stringify(path)} ${message}`).join('\n')}`,
    );
    super(
      `The ${engine.name} engine differs: ${what}\n\n${operation.text}\n${JSON.stringify(operation.variables)}\n\n${shown.join('\n')}`,
    );
    this.name = 'DifferenceError';
    this.engine = engine.name;
    this.isLoss = isLoss;
  }
}

/** Whether a difference is one that is known, or left open by the specification. */
export type IsOpen = (difference: DifferenceError) => boolean;

/**
 * Asks the monolith and every engine.
 * @returns which engines declined the operation, and why.
 * @throws {DifferenceError} where an engine answers otherwise than the monolith.
 */
export async function compareWithMonolith(
  { fixture, supergraph, subgraphs, monolith }: Federation,
  engines: readonly Engine[],
  operation: RandomOperation,
  { faults = NO_FAULTS, isOpen = () => false }: { faults?: Faults; isOpen?: IsOpen } = {},
): Promise<Readonly<Record<string, string>>> {
  for (const subgraph of subgraphs.values()) subgraph.faults = faults;
  const { data, errors = [] } = await monolith.execute(operation.text, operation.variables, faults);
  const expected: Answer = { dataText: JSON.stringify(data ?? null), errors };
  const declined: Record<string, string> = {};
  for (const engine of engines) {
    fixture.reset?.();
    const actual = await runOperation(engine, supergraph.apiSchema, operation, fixture.identity);
    if (typeof actual === 'string') {
      declined[engine.name] = actual;
      continue;
    }
    const difference = findDifference(expected, actual);
    if (difference !== undefined) {
      const isLoss = findDifferenceButLosses(expected, actual) === undefined;
      const answers = { monolith: expected, [engine.name]: actual };
      const error = new DifferenceError(engine, difference, operation, answers, isLoss);
      if (!isOpen(error)) throw error;
    }
  }
  return declined;
}

/** Compares one operation. @returns which engines declined it. @throws {DifferenceError} */
export type Compare = (operation: RandomOperation) => Promise<Readonly<Record<string, string>>>;

export function compareWhole(
  federation: Federation,
  engines: readonly Engine[],
  isOpen?: IsOpen,
): (seed: number) => Compare {
  return () => (operation) => compareWithMonolith(federation, engines, operation, { ...(isOpen && { isOpen }) });
}

/** About one in eight fields of a thing fails, in the monolith as in whichever subgraph is asked. */
export function compareUnderFaults(
  federation: Federation,
  engines: readonly Engine[],
  isOpen?: IsOpen,
): (seed: number) => Compare {
  const { fixture } = federation;
  const spared = new Set(Object.values(fixture.subgraphs).flatMap((sdl) => [...namesInFieldSets(parse(sdl))]));
  return (seed) => {
    const faults = createFaults(fixture, spared, seed, 1 / 8);
    return (operation) => compareWithMonolith(federation, engines, operation, { faults, ...(isOpen && { isOpen }) });
  };
}

/**
 * Every engine while a subgraph fails whole. Which fields that costs is open: shared fields may be asked of either
 * subgraph, and fields of one fetch fail together. Certain is that a failure changes no value, and that each null
 * that it makes has its error: the answer is compared with that of a monolith in which nothing fails.
 *
 * @throws {DifferenceError} where an engine says what is not so.
 */
export async function compareSurvivors(
  { fixture, supergraph, subgraphs, monolith }: Federation,
  engines: readonly Engine[],
  operation: RandomOperation,
): Promise<Readonly<Record<string, string>>> {
  for (const subgraph of subgraphs.values()) subgraph.faults = NO_FAULTS;
  const { data, errors = [] } = await monolith.execute(operation.text, operation.variables);
  const whole: Answer = { dataText: JSON.stringify(data ?? null), errors };
  const declined: Record<string, string> = {};
  for (const engine of engines) {
    fixture.reset?.();
    const actual = await runOperation(engine, supergraph.apiSchema, operation, fixture.identity);
    if (typeof actual === 'string') {
      declined[engine.name] = actual;
      continue;
    }
    const lie = findUntruth(whole, actual);
    if (lie !== undefined) {
      throw new DifferenceError(engine, lie, operation, { monolith: whole, [engine.name]: actual });
    }
  }
  return declined;
}
