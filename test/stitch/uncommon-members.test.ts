import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, print, visit } from 'graphql';
import { createDelegableDocuments } from '../../src/stitch/delegable-document.ts';
import { indexJoins } from '../../src/stitch/join-index.ts';
import { findUncommonFields } from '../../src/stitch/uncommon-members.ts';
import { composeSupergraph } from '../../src/supergraph/compose.ts';
import { readSupergraph } from '../../src/supergraph/supergraph.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';
const service = (name: string) => `${LINK}
  type Query { root${name}: Basket both: Basket @shareable }
  type Basket @key(fields: "id") { id: ID! holder: Holder @shareable own${name}: Holder }
  type Holder @shareable { items: [Item!]! }
  union Item = Common | Only${name} | Entity${name}
  type Common @shareable { label: String }
  type Only${name} { text: String must: Int! }
  type Entity${name} @key(fields: "id") { id: ID! text: String }`;

const composition = composeSupergraph(['A', 'B'].map((name) => ({ name, sdl: service(name), url: '' })));
assert.ok('sdl' in composition, JSON.stringify(composition));
const supergraph = readSupergraph(composition.sdl);

/** The fields that are found, each with its alias or name and its parent's type condition. */
function uncommonIn(text: string): string[] {
  const document = parse(text);
  const found = findUncommonFields(supergraph.apiSchema, indexJoins(supergraph), document);
  const names: string[] = [];
  visit(document, { Field: (node) => (found.has(node) ? void names.push(print(node)) : undefined) });
  return names;
}

const ITEMS = '{ items { ... on Common { label } ... on OnlyA { a: text } ... on OnlyB { b: text } } }';

test('below a field that several subgraphs may resolve, members that only one of them has are not asked for', () => {
  assert.deepEqual(uncommonIn(`{ rootA { holder ${ITEMS} } }`), ['a: text', 'b: text']);
  assert.deepEqual(uncommonIn(`{ both { holder ${ITEMS} } }`), ['a: text', 'b: text']);
});

test('below a field that one subgraph resolves, its members are asked for', () => {
  assert.deepEqual(uncommonIn(`{ rootA { ownB ${ITEMS} } }`), ['a: text']);
  assert.deepEqual(uncommonIn(`{ rootB { ownA ${ITEMS} } }`), ['b: text']);
});

test('members that are entities, and fields that may not be null, are asked for', () => {
  assert.deepEqual(uncommonIn('{ rootA { holder { items { ... on EntityA { text } ... on OnlyA { must } } } } }'), []);
});

test('fields that are not asked for are null under their keys', () => {
  const { document, restore } = createDelegableDocuments(supergraph)(
    parse('{ rootA { holder { items { __typename ... on OnlyA { a: text must } } } } }'),
  );
  assert.match(print(document), /nulled_a: __typename/);
  assert.deepEqual(
    restore({ data: { rootA: { holder: { items: [{ __typename: 'OnlyA', nulled_a: 'OnlyA', must: 1 }] } } } }),
    { data: { rootA: { holder: { items: [{ __typename: 'OnlyA', a: null, must: 1 }] } } } },
  );
});

test('documents that need nothing of this are passed on as they are', () => {
  const document = parse('{ rootA { id } }');
  const delegable = createDelegableDocuments(supergraph)(document);
  assert.equal(delegable.document, document);
  const response = { data: {} };
  assert.equal(delegable.restore(response), response);
});
