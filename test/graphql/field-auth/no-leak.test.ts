import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type GraphQLOutputType, type GraphQLSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { compileFieldAuth } from '../../../src/graphql/field-auth/field-auth.ts';
import { compileFieldPolicies } from '../../../src/graphql/field-auth/policies.ts';
import { createEngines } from '../../sameness/engines.ts';
import type { Faults } from '../../sameness/federation/faults.ts';
import { federate } from '../../sameness/federation/federate.ts';
import type { Thing } from '../../sameness/federation/fixture.ts';
import { createRandom, type Random } from '../../sameness/random.ts';
import { createRandomOperation } from '../../sameness/random-operation.ts';
import { interfaceObjectsFixture, libraryFixture } from '../../sameness/supergraphs/library.ts';
import { requestOf } from '../request-context.ts';
import { runFiltered } from './run-filtered.ts';

/** Another seed asks other questions. */
const SEED = Number(process.env.SEED ?? 20_261_124);
const ROUNDS = 8;
const COUNT = Number(process.env.SAMENESS_COUNT ?? 8);

for (const fixture of [libraryFixture(), interfaceObjectsFixture()]) {
  describe(`rules on any types, interfaces and fields of the supergraph ${fixture.name}, SEED=${SEED}`, () => {
    const federation = federate(fixture);
    const { apiSchema } = federation.supergraph;
    const engines = createEngines(federation.supergraph, federation.subgraphs);

    it('let no client read a value that its type protects, whichever way it asks', async () => {
      let values = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const coordinates = pickCoordinates(apiSchema, createRandom(SEED + round));
        const rule = { authenticated: true, scopes: [['secret']], policies: undefined };
        const rules = Object.fromEntries([...coordinates].map((coordinate) => [coordinate, rule]));
        const auth = compileFieldAuth(apiSchema, { mode: 'filter', rules }, compileFieldPolicies({}));
        for (let at = 0; at < COUNT; at++) {
          const operation = createRandomOperation(apiSchema, SEED + round * COUNT + at, 40, {
            ...(fixture.arguments && { arguments: fixture.arguments }),
          });
          const protecting = protect(apiSchema, coordinates);
          const { data } = await federation.monolith.execute(operation.text, operation.variables, protecting);
          for (const engine of engines) {
            const run = await runFiltered(apiSchema, engine, auth, operation, requestOf([]));
            if (run === undefined) continue;
            const what = `${engine.name}, without ${[...coordinates]}:\n${operation.text}\n${run.filtered.operation.text}`;
            values += countShown(JSON.parse(run.dataText), JSON.parse(JSON.stringify(data ?? null)), what);
          }
        }
      }
      assert.ok(values > ROUNDS * COUNT, `only ${values} values were shown`);
    });
  });
}

/** @returns how many values an answer shows. @throws where it shows one that `allowed` does not. */
function countShown(shown: unknown, allowed: unknown, what: string): number {
  if (shown === null) return 0;
  if (typeof shown !== 'object' || allowed === null) {
    assert.deepEqual(shown, allowed, what);
    return 1;
  }
  let count = 0;
  for (const [key, value] of Object.entries(shown))
    count += countShown(value, (allowed as Record<string, unknown>)[key], what);
  return count;
}

/** One type or field in seven. */
function pickCoordinates(schema: GraphQLSchema, random: Random): ReadonlySet<string> {
  const coordinates = Object.values(schema.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) return [];
    const fields = Object.keys(type.getFields()).map((field) => `${type.name}.${field}`);
    return type === schema.getQueryType() ? fields : [type.name, ...fields];
  });
  return new Set(coordinates.filter(() => random.chance(1 / 7)));
}

/** What resolvers that know the concrete type of each thing would refuse. */
function protect(schema: GraphQLSchema, coordinates: ReadonlySet<string>): Faults {
  const asks = (typeName: string, fieldName: string, result: GraphQLOutputType): boolean => {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) return false;
    const declaring = type.getInterfaces().filter((one) => one.getFields()[fieldName] !== undefined);
    return (
      [type, ...declaring].some(({ name }) => coordinates.has(name) || coordinates.has(`${name}.${fieldName}`)) ||
      coordinates.has(getNamedType(result).name)
    );
  };
  return {
    resolve(fieldName, type, thing, resolve) {
      if (asks(typeOf(thing), fieldName, type)) throw new Error('refused');
      return resolve();
    },
  };
}

function typeOf(thing: Thing): string {
  if (typeof thing.__typename === 'string') return thing.__typename;
  if ('day' in thing) return 'Loan';
  return 'number' in thing ? 'Copy' : 'Query';
}
