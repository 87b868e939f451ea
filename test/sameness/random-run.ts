import type { Engine } from '../../src/planner/engine.ts';
import { type Compare, DifferenceError } from './compare.ts';
import type { Federation } from './federation/federate.ts';
import { createRandom } from './random.ts';
import { createRandomOperation, type RandomOperation, type RandomOperationOptions } from './random-operation.ts';
import { reduceOperation } from './reduce-operation.ts';

/** One random operation of a run; its seed says all of it. */
export interface RandomCase {
  readonly seed: number;
  readonly operation: RandomOperation;
}

/** Most fields of an operation, fragments counted once. */
const MAX_SIZE = 120;

/** The same seed gives the same operation. */
export function createRandomCase({ supergraph, fixture }: Federation, seed: number): RandomCase {
  const random = createRandom(seed);
  const hasMutations = supergraph.apiSchema.getMutationType() != null && fixture.reset !== undefined;
  const options: RandomOperationOptions = {
    ...(fixture.arguments !== undefined && { arguments: fixture.arguments }),
    root: hasMutations && random.chance(0.1) ? 'mutation' : 'query',
  };
  const size = 1 + random.below(random.chance(0.5) ? 12 : MAX_SIZE);
  return { seed, operation: createRandomOperation(supergraph.apiSchema, random.below(2 ** 32), size, options) };
}

/**
 * Compares one case after the other; stops at the first difference.
 * @param seeds in the order of comparison.
 * @throws {Error} with the smallest operation that shows the difference, and the seed of the case.
 */
export async function compareCases(
  federation: Federation,
  engines: readonly Engine[],
  seeds: Iterable<number>,
  compareFor: (seed: number) => Compare,
): Promise<RunReport> {
  const report = { operations: 0, fields: 0, declined: Object.fromEntries(engines.map(({ name }) => [name, 0])) };
  for (const seed of seeds) {
    const { operation } = createRandomCase(federation, seed);
    const compare = compareFor(seed);
    report.operations += 1;
    report.fields += countFields(operation);
    try {
      for (const name of Object.keys(await compare(operation)))
        report.declined[name] = (report.declined[name] ?? 0) + 1;
    } catch (error) {
      throw await describeFailure(federation, seed, operation, compare, error);
    }
  }
  return report;
}

export interface RunReport {
  readonly operations: number;
  /** Selected fields, fragments counted once. */
  readonly fields: number;
  /** Operations that an engine declined, by its name. */
  readonly declined: Readonly<Record<string, number>>;
}

async function describeFailure(
  { supergraph, fixture }: Federation,
  seed: number,
  operation: RandomOperation,
  compare: Compare,
  cause: unknown,
): Promise<Error> {
  let smallest = cause;
  if (cause instanceof DifferenceError) {
    await reduceOperation(supergraph.apiSchema, operation, async (candidate) => {
      const error = await compare(candidate).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      const isSame = error instanceof DifferenceError && error.engine === cause.engine;
      if (isSame) smallest = error;
      return isSame;
    });
  }
  const message = smallest instanceof Error ? smallest.message : String(smallest);
  return new Error(`Supergraph ${fixture.name}, seed ${seed}\n${message}`, { cause });
}

function countFields({ text }: RandomOperation): number {
  return text.match(/\w+(?=[\s(@}])/g)?.length ?? 0;
}
