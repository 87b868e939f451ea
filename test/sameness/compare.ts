import type { Engine } from '../../src/planner/engine.ts';
import { type Answer, findDifference } from './answer.ts';
import { type Faults, NO_FAULTS } from './federation/faults.ts';
import type { Federation } from './federation/federate.ts';
import type { RandomOperation } from './random-operation.ts';
import { runOperation } from './run-operation.ts';

/** An operation that not all answer alike. */
export class DifferenceError extends Error {
  readonly engine: string;

  constructor(engine: Engine, what: string, operation: RandomOperation, answers: Readonly<Record<string, Answer>>) {
    const shown = Object.entries(answers).map(
      ([name, { dataText, errors }]) =>
        `${name}:\n  ${dataText}\n${errors.map(({ path, message }) => `  ${JSON.stringify(path)} ${message}`).join('\n')}`,
    );
    super(
      `The ${engine.name} engine differs: ${what}\n\n${operation.text}\n${JSON.stringify(operation.variables)}\n\n${shown.join('\n')}`,
    );
    this.name = 'DifferenceError';
    this.engine = engine.name;
  }
}

/**
 * Asks the monolith and every engine.
 * @returns which engines declined the operation, and why.
 * @throws {DifferenceError} where an engine answers otherwise than the monolith.
 */
export async function compareWithMonolith(
  { fixture, supergraph, subgraphs, monolith }: Federation,
  engines: readonly Engine[],
  operation: RandomOperation,
  faults: Faults = NO_FAULTS,
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
      throw new DifferenceError(engine, difference, operation, { monolith: expected, [engine.name]: actual });
    }
  }
  return declined;
}
