import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Subgraph } from '../../src/subgraphs/subgraph.ts';
import { type Candidate, describeRejection, selectComposable } from '../../src/supergraph/quarantine.ts';

const subgraph = (name: string, sdl: string): Subgraph => ({ name, sdl, url: '', execute: () => ({ data: null }) });

function candidate(name: string, live: string | undefined, pinned?: string): Candidate {
  return {
    name,
    file: undefined,
    live: live === undefined ? undefined : subgraph(name, live),
    pinned: pinned === undefined ? undefined : subgraph(name, pinned),
  };
}

function states(candidates: readonly Candidate[]): Record<string, string> {
  return Object.fromEntries([...selectComposable(candidates).parts].map(([name, { state }]) => [name, state]));
}

const FEDERATION =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"]) ';
const A = `${FEDERATION} type Query { a: Thing } type Thing @key(fields: "id") { id: ID! }`;
const B = `${FEDERATION} type Query { b: Int } type Thing @key(fields: "id") { id: ID! size: Int }`;
const B_CLASHES = `${FEDERATION} type Query { a: Int b: Int }`;
const C = 'type Query { c: Int }';
const NO_SDL = 'type Query {';

test('what composes is live', () => {
  assert.deepEqual(states([candidate('a', A), candidate('b', B), candidate('c', C)]), {
    a: 'live',
    b: 'live',
    c: 'live',
  });
});

test('an upstream that cannot be read is pinned, or absent where nothing is known of it', () => {
  assert.deepEqual(states([candidate('a', A), candidate('b', undefined, B), candidate('c', undefined)]), {
    a: 'live',
    b: 'pinned',
    c: 'absent',
  });
});

test('an SDL that is wrong by itself sets back only its own upstream', () => {
  assert.deepEqual(states([candidate('a', A), candidate('b', NO_SDL, B), candidate('c', NO_SDL)]), {
    a: 'live',
    b: 'pinned',
    c: 'absent',
  });
});

test('the upstream whose new SDL does not fit the others goes back to its last good one, and is named with the reason', () => {
  const { parts, rejected, sdl } = selectComposable([
    candidate('a', A, A),
    candidate('b', B_CLASHES, B),
    candidate('c', C, C),
  ]);
  assert.deepEqual(
    [...parts].map(([name, { state }]) => [name, state]),
    [
      ['a', 'live'],
      ['b', 'pinned'],
      ['c', 'live'],
    ],
  );
  assert.match(sdl ?? '', /size: Int/);
  assert.match(describeRejection(rejected.get('b') ?? []), /does not compose.*Query\.a.*FIELD_TYPE_MISMATCH/);
});

test('upstreams that changed together go back together before one is left out', () => {
  const oldA = `${FEDERATION} type Query { x: Int @shareable }`;
  const oldB = `${FEDERATION} type Query { x: Int @shareable b: Int }`;
  const newA = `${FEDERATION} type Query { x: String @shareable }`;
  const newB = `${FEDERATION} type Query { x: Float @shareable b: Int }`;
  assert.deepEqual(states([candidate('a', newA, oldA), candidate('b', newB, oldB)]), { a: 'pinned', b: 'pinned' });
});

test('without a last good SDL one upstream is left out, always the same one', () => {
  assert.deepEqual(states([candidate('a', A), candidate('b', B_CLASHES), candidate('c', C)]), {
    a: 'absent',
    b: 'live',
    c: 'live',
  });
});

test('several that fit nothing are left out one by one', () => {
  const candidates = [
    candidate('a', `${FEDERATION} type Query { x: Int }`),
    candidate('b', `${FEDERATION} type Query { x: String }`),
    candidate('c', `${FEDERATION} type Query { x: Float }`),
    candidate('d', C),
  ];
  const selected = states(candidates);
  assert.equal(Object.values(selected).filter((state) => state === 'live').length, 2);
  assert.equal(selected.d, 'live');
});

test('where nothing composes there is no supergraph', () => {
  const { sdl, parts } = selectComposable([candidate('a', NO_SDL), candidate('b', undefined)]);
  assert.equal(sdl, undefined);
  assert.ok([...parts.values()].every(({ state }) => state === 'absent'));
});

test('the selection does not depend on the order of the candidates, and what is selected composes', () => {
  const sdls = [A, B, B_CLASHES, C, NO_SDL, `${FEDERATION} type Query { c: String }`, undefined];
  const anyCandidates = fc
    .array(fc.tuple(fc.constantFrom(...sdls), fc.constantFrom(...sdls)), { minLength: 1, maxLength: 5 })
    .map((pairs) => pairs.map(([live, pinned], index) => candidate(`u${index}`, live, pinned)));
  fc.assert(
    fc.property(anyCandidates, (candidates) => {
      const selection = selectComposable(candidates);
      assert.deepEqual(states(candidates.toReversed()), states(candidates));
      const anyPart = [...selection.parts.values()].some(({ state }) => state !== 'absent');
      assert.equal(selection.sdl !== undefined, anyPart);
      for (const { name, live } of candidates) {
        const isLeftOut = live !== undefined && selection.parts.get(name)?.state !== 'live';
        assert.equal(selection.rejected.has(name), isLeftOut, `${name} has a reason exactly if it is set back`);
      }
    }),
    { numRuns: 60 },
  );
});
