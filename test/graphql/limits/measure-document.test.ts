import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type DocumentNode, getIntrospectionQuery, Kind, parse, type SelectionNode } from 'graphql';
import { measureDocument } from '../../../src/graphql/limits/measure-document.ts';
import { coerceVariables } from '../../../src/planner/coerce-variables.ts';
import { normaliserOf } from '../../../src/planner/normalise.ts';
import { randomOperation } from '../../sameness/random-operation.ts';
import { readShopSubgraphs } from '../../sameness/supergraphs/shop-sdl.ts';
import { compose } from '../compose-schema.ts';

const measure = (text: string) => {
  const { tokens: _, ...measures } = measureDocument(parse(text));
  return measures;
};

describe('measures of a document', () => {
  it('count depth from the root fields, and what is on the way', () => {
    assert.deepEqual(measure('query Q @a { x { y @b { z: w @c @d } } ... on Q @e { u } }'), {
      depth: 3,
      aliases: 1,
      rootFields: 2,
      directives: 5,
    });
  });

  it('count fragments as often as they are spread', () => {
    assert.deepEqual(
      measure('{ ...A ...A x { ...A } } fragment A on Q { a: b @c ...B } fragment B on Q { d { e: f } }'),
      {
        depth: 3,
        aliases: 6,
        rootFields: 5,
        directives: 3,
      },
    );
  });

  it('are those of the largest operation', () => {
    assert.deepEqual(measure('query A { a { b } } query B { c: d e }'), {
      depth: 2,
      aliases: 1,
      rootFields: 2,
      directives: 0,
    });
  });

  it('see a fragment as deep as it is where it is spread deepest, whatever came first', () => {
    const fragment = 'fragment F on Q { a { b { c } } }';
    assert.equal(measure(`{ ...F x { y { ...F } } } ${fragment}`).depth, 5);
    assert.equal(measure(`{ x { y { ...F } } ...F } ${fragment}`).depth, 5);
  });

  it('end for fragments within themselves, and without one that is spread', () => {
    assert.equal(measure('{ ...A } fragment A on Q { a { ...B } } fragment B on Q { b { ...A } }').depth, 2);
    assert.equal(measure('{ a ...Missing }').depth, 1);
  });

  it('leave introspection out', () => {
    assert.deepEqual(measure(getIntrospectionQuery()), { depth: 1, aliases: 0, rootFields: 1, directives: 0 });
  });

  it('take no longer for a fragment bomb than for its text', () => {
    const levels = 1_100;
    const fragments = Array.from(
      { length: levels },
      (_, at) => `fragment F${at} on Q { a: b { ...F${at + 1} ...F${at + 1} } }`,
    );
    const document = parse(`{ ...F0 } ${fragments.join(' ')} fragment F${levels} on Q { end }`);
    const startMs = performance.now();
    const { depth, aliases } = measureDocument(document);
    assert.deepEqual([depth, aliases], [levels + 1, Number.POSITIVE_INFINITY]);
    assert.ok(performance.now() - startMs < 2_000);
  });

  it('are beyond every limit for a chain of fragments that is longer than the stack', () => {
    const fragments = Array.from({ length: 9_000 }, (_, at) => `fragment F${at} on Q { a { ...F${at + 1} } }`);
    const document = parse(`{ ...F0 } ${fragments.join(' ')} fragment F9000 on Q { end }`);
    assert.equal(measureDocument(document).depth, Number.POSITIVE_INFINITY);
  });

  it('are never below what an operation selects', () => {
    const { apiSchema } = compose(readShopSubgraphs());
    fc.assert(
      fc.property(randomOperation(apiSchema), ({ text, variables }) => {
        const document = parse(text);
        const { depth, aliases, rootFields } = measureDocument(document);
        const normaliser = normaliserOf(apiSchema, document, null);
        const coerced = coerceVariables(apiSchema, normaliser.definition, variables);
        const actual = walk(normaliser.apply(coerced.variables ?? {}).document);
        assert.ok(depth >= actual.depth, `${depth} is less than ${actual.depth}`);
        assert.ok(aliases >= actual.aliases, `${aliases} is less than ${actual.aliases}`);
        assert.ok(rootFields >= actual.rootFields, `${rootFields} is less than ${actual.rootFields}`);
      }),
      { numRuns: 300 },
    );
  });
});

/** Of a document without fragment spreads, each place once. */
function walk({ definitions: [operation] }: DocumentNode) {
  const found = { depth: 0, aliases: 0, rootFields: 0 };
  const visit = (selections: readonly SelectionNode[], depth: number): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) visit(selection.selectionSet.selections, depth);
      if (selection.kind !== Kind.FIELD) continue;
      // What folding emptied has a `__typename` of the normal form's own.
      if (selection.alias?.value.startsWith('_weir_')) continue;
      found.depth = Math.max(found.depth, depth);
      if (selection.alias !== undefined) found.aliases += 1;
      if (depth === 1) found.rootFields += 1;
      visit(selection.selectionSet?.selections ?? [], depth + 1);
    }
  };
  if (operation?.kind === Kind.OPERATION_DEFINITION) visit(operation.selectionSet.selections, 1);
  return found;
}
