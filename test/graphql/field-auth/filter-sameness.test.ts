import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type GraphQLSchema, isInterfaceType, isObjectType, parse, visit } from 'graphql';
import type { Identity, RequestContext } from '../../../src/edge/request-context.ts';
import { compileFieldAuth, type FieldAuth } from '../../../src/graphql/field-auth/field-auth.ts';
import { compileFieldPolicies } from '../../../src/graphql/field-auth/policies.ts';
import type { Engine } from '../../../src/planner/engine.ts';
import { createEngines } from '../../sameness/engines.ts';
import type { Faults } from '../../sameness/federation/faults.ts';
import { type Federation, federate } from '../../sameness/federation/federate.ts';
import { namesInFieldSets } from '../../sameness/federation/subgraph-document.ts';
import { createRandom, type Random } from '../../sameness/random.ts';
import { createRandomOperation, type RandomOperation } from '../../sameness/random-operation.ts';
import { SUPERGRAPHS } from '../../sameness/supergraphs/all.ts';
import { requestOf } from '../request-context.ts';
import { runFiltered } from './run-filtered.ts';

/** Another seed asks other questions. */
const SEED = Number(process.env.SEED ?? 20_261_124);
const COUNT = Number(process.env.SAMENESS_COUNT ?? 15);
const SCOPES_OF_SCHEMAS = ['users:read', 'orders:read', 'orders:write', 'catalog:write', 'inventory:write', 'admin'];
/** Sets of protected fields for each supergraph. */
const ROUNDS = 3;

for (const [name, create] of Object.entries(SUPERGRAPHS)) {
  describe(`operations without their refused fields on the supergraph ${name}, SEED=${SEED}`, () => {
    const federation = federate(create());
    const { supergraph, subgraphs } = federation;
    const engines = createEngines(supergraph, subgraphs);
    for (let round = 0; round < ROUNDS; round++) {
      it(`are answered as by a monolith in which these are null, and no upstream is asked for them: ${round}`, async () => {
        const names = pickFieldNames(federation, createRandom(SEED + round));
        const auth = protectFields(supergraph.apiSchema, names);
        let refusals = 0;
        for (let at = 0; at < COUNT; at++) {
          const operation = createRandomOperation(supergraph.apiSchema, SEED + round * COUNT + at, 40, {
            ...(federation.fixture.arguments && { arguments: federation.fixture.arguments }),
          });
          for (const engine of engines) refusals += await compare(federation, engine, auth, names, operation);
        }
        assert.ok(refusals > COUNT / 10, `only ${refusals} fields were refused`);
      });
    }
  });
}

/** @returns how many fields were refused. */
async function compare(
  { supergraph, subgraphs, monolith, fixture }: Federation,
  engine: Engine,
  auth: FieldAuth,
  names: ReadonlySet<string>,
  operation: RandomOperation,
): Promise<number> {
  for (const subgraph of subgraphs.values()) subgraph.requests.length = 0;
  const run = await runFiltered(supergraph.apiSchema, engine, auth, operation, clientOf(fixture.identity));
  if (run === undefined) return 0;
  const { refused, filtered, dataText } = run;
  const { text, variables: raw } = operation;

  const refusing: Faults = {
    resolve(fieldName, _type, _thing, resolve) {
      if (names.has(fieldName)) throw new Error('refused');
      return resolve();
    },
  };
  fixture.reset?.();
  const expected = await monolith.execute(text, raw, refusing);
  const what = `${engine.name}, without ${[...names]}:\n${text}\n${JSON.stringify(raw)}\n${filtered.operation.text}`;
  assert.equal(dataText, JSON.stringify(expected.data ?? null), what);
  for (const subgraph of subgraphs.values()) {
    for (const request of subgraph.requests) {
      visit(parse(request), {
        Field(field) {
          assert.ok(!names.has(field.name.value), `${field.name.value} was asked for: ${request}\n${what}`);
        },
      });
    }
  }
  return refused.length;
}

/** About a quarter of the field names, but for those that federation itself needs. */
function pickFieldNames({ supergraph: { apiSchema }, fixture }: Federation, random: Random): ReadonlySet<string> {
  const needed = new Set(Object.values(fixture.subgraphs).flatMap((sdl) => [...namesInFieldSets(parse(sdl))]));
  const names = new Set<string>();
  for (const type of Object.values(apiSchema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue;
    for (const field of Object.keys(type.getFields())) if (!needed.has(field)) names.add(field);
  }
  return new Set([...names].filter(() => random.chance(0.25)));
}

function protectFields(schema: GraphQLSchema, names: ReadonlySet<string>): FieldAuth {
  const rules: Record<string, { authenticated: boolean; scopes: string[][]; policies: undefined }> = {};
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.keys(type.getFields())) {
      if (names.has(field))
        rules[`${type.name}.${field}`] = { authenticated: true, scopes: [['secret']], policies: undefined };
    }
  }
  return compileFieldAuth(schema, { mode: 'filter', rules }, compileFieldPolicies({}));
}

/** A client that has what the schemas themselves ask for, and not the scope `secret`. */
function clientOf(identity: Partial<Identity> = {}): RequestContext {
  return requestOf(SCOPES_OF_SCHEMAS, { ...identity, scopes: SCOPES_OF_SCHEMAS });
}
