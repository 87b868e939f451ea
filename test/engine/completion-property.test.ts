import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildSchema, type DocumentNode, execute, type FieldNode, Kind, parse, visit } from 'graphql';
import type { JsonObject } from '../../src/engine/own.ts';
import { Run } from '../../src/engine/run/run.ts';
import { buildShape } from '../../src/engine/write/build-shape.ts';
import { createWriter } from '../../src/engine/write/writer.ts';
import { coerceVariables } from '../../src/planner/coerce-variables.ts';
import { createDataKeys } from '../../src/planner/data-keys.ts';
import { normaliserOf } from '../../src/planner/normalise.ts';
import { arbitraryData } from '../sameness/arbitrary-data.ts';
import { createRandom, type Random } from '../sameness/random.ts';
import { randomOperation } from '../sameness/random-operation.ts';
import { createContext } from './worlds/federate.ts';

const schema = buildSchema(`
  enum Size { SMALL LARGE }
  scalar Any
  interface Node { id: ID! peer: Node }
  interface Named implements Node { id: ID! peer: Node name(upper: Boolean): String }
  type Cat implements Named & Node { id: ID! peer: Cat name(upper: Boolean): String lives: Int! weight: Float friends: [Named!] grid: [[Int!]!]! }
  type Dog implements Named & Node { id: ID! peer: Node name(upper: Boolean): String size: Size! owner: Person! good: Boolean }
  type Person implements Node { id: ID! peer: Person pets(first: Int): [Pet]! best: Pet any: Any }
  union Pet = Cat | Dog
  type Query { node: Node nodes: [Node!] pet: Pet pets: [[Pet!]] person: Person me: Person! named: Named }
`);
const dataKeys = createDataKeys(parse('type Query { a: Int }'));

for (const isGenerated of [true, false]) {
  test(`whatever the data, it is completed as graphql-js does (${isGenerated ? 'generated' : 'closures'})`, async () => {
    await fc.assert(
      fc.asyncProperty(randomOperation(schema), fc.nat(), async ({ text, variables: raw }, seed) => {
        const normaliser = normaliserOf(schema, parse(text), null);
        const { variables = {} } = coerceVariables(schema, normaliser.definition, raw);
        const operation = normaliser.apply(variables);
        if (operation.isEmpty) return;
        const whole = await execute({
          schema,
          document: withTypenames(operation.document),
          variableValues: variables,
          ...arbitraryData(seed),
        });
        const data = corrupt(JSON.parse(JSON.stringify(whole.data)), createRandom(seed)) as JsonObject | null;
        if (data === null || typeof data !== 'object') return;
        const expected = await execute({
          schema,
          document: operation.document,
          variableValues: variables,
          rootValue: data,
          fieldResolver: (source, _args, _context, { path }) => (source as JsonObject)[path.key],
          typeResolver: (value) => (value as JsonObject).__typename as string,
        });
        const run = new Run(variables, createContext());
        const written = createWriter(buildShape(schema, operation, dataKeys), isGenerated)(run, data);
        const isPrivate = (key: string, value: unknown): unknown =>
          key === operation.privateAlias ? undefined : value;
        assert.equal(written, JSON.stringify(expected.data, isPrivate));
        const places = (errors: readonly { readonly path?: unknown }[] | undefined): readonly string[] =>
          (errors ?? []).map(({ path }) => JSON.stringify(path)).sort();
        assert.deepEqual(places(run.errors), places(expected.errors));
      }),
      { numRuns: 400 },
    );
  });
}

/** Selects `__typename` in every selection set, as data of the engine has it. */
function withTypenames(document: DocumentNode): DocumentNode {
  const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
  return visit(document, {
    Field: {
      leave({ selectionSet, ...field }) {
        if (selectionSet === undefined) return undefined;
        return { ...field, selectionSet: { ...selectionSet, selections: [...selectionSet.selections, typename] } };
      },
    },
  });
}

/** Replaces some values: null, absent, leaves of other types, objects in place of lists. */
function corrupt(value: unknown, random: Random): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) {
    if (random.chance(0.03)) return { no: 'list' };
    return value.map((item) => (random.chance(0.08) ? null : corrupt(item, random)));
  }
  if (typeof value === 'object') {
    const entries = Object.entries(value).flatMap(([key, entry]): [string, unknown][] => {
      if (key === '__typename') return [[key, entry]];
      if (random.chance(0.04)) return [];
      return [[key, random.chance(0.04) ? null : corrupt(entry, random)]];
    });
    return Object.fromEntries([...(random.chance(0.5) ? entries.reverse() : entries), ['extra', 1]]);
  }
  return random.chance(0.08)
    ? random.pick<unknown>([7, -1.5, 2 ** 40, 'text', '12', true, { an: 'object' }, '', 'SMALL'])
    : value;
}
