import assert from 'node:assert/strict';
import type { CompiledEngine } from '../../../src/engine/compiled-engine.ts';
import type { RandomOperation } from '../../sameness/random-operation.ts';
import { executeMonolith, type Federation, run } from './federate.ts';
import type { World } from './federated-subgraph.ts';

/** Asserts that the engine gives the very text that the monolith gives, and errors at the same places. */
export async function assertSame(
  world: World,
  federation: Federation,
  engine: CompiledEngine,
  { text, variables }: RandomOperation,
): Promise<void> {
  const expected = await executeMonolith(world, federation.apiSchema, text, variables);
  const { dataText, errors } = await run(engine, federation.apiSchema, text, variables);
  assert.equal(dataText, JSON.stringify(expected.data));
  assert.deepEqual(placesOf(errors), placesOf(expected.errors));
}

function placesOf(errors: readonly { readonly path?: unknown }[] | undefined): readonly string[] {
  return (errors ?? []).map(({ path }) => JSON.stringify(path)).sort();
}
