import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'graphql';
import { indexJoins } from '../../src/stitch/join-index.ts';
import { createDelegationJudge } from '../../src/stitch/undelegable.ts';
import { composeSupergraph } from '../../src/supergraph/compose.ts';
import { readSupergraph } from '../../src/supergraph/supergraph.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [
  "@key", "@shareable", "@external", "@requires", "@provides", "@override"
])`;

/** Judges documents against the supergraph of the given subgraphs. */
function judgeOf(subgraphs: Readonly<Record<string, string>>): (text: string) => string | undefined {
  const composition = composeSupergraph(
    Object.entries(subgraphs).map(([name, sdl]) => ({ name, sdl: `${LINK}\n${sdl}`, url: '' })),
  );
  assert.ok('sdl' in composition, JSON.stringify(composition));
  const supergraph = readSupergraph(composition.sdl);
  const judge = createDelegationJudge(supergraph.apiSchema, indexJoins(supergraph));
  return (text) => judge(parse(text));
}

test('a shared field of which no subgraph has all that is asked for below it is declined', () => {
  const judge = judgeOf({
    a: `type Query { parcel: Parcel }
        type Parcel @key(fields: "id") { id: ID! size: Size @shareable }
        type Size { width: Int both: Int @shareable }`,
    b: `type Parcel @key(fields: "id") { id: ID! size: Size @shareable }
        type Size { height: Int both: Int @shareable }`,
  });
  assert.match(judge('{ parcel { size { width height } } }') ?? '', /shares a field/);
  assert.match(judge('{ parcel { size { height } } }') ?? '', /shares a field/);
  assert.equal(judge('{ parcel { id size { both } } }'), undefined);
});

test('a shared field whose objects lead on by a key is delegated', () => {
  const judge = judgeOf({
    a: `type Query { both: Parcel @shareable }
        type Parcel @key(fields: "id") { id: ID! width: Int }`,
    b: `type Query { both: Parcel @shareable }
        type Parcel @key(fields: "id") { id: ID! height: Int }`,
  });
  assert.equal(judge('{ both { width height } }'), undefined);
});

test('a requirement is declined where its object and the fields of that come from different subgraphs', () => {
  const judge = judgeOf({
    posts: `type Query { post: Post }
      type Post @key(fields: "id") {
        id: ID! author: Author
        byNovice: Boolean @requires(fields: "author { years }")
        fromAuthor: Boolean @requires(fields: "rank")
        rank: Int @external
      }
      type Author @key(fields: "id") { id: ID! years: Int @external }`,
    people: `type Author @key(fields: "id") { id: ID! years: Int }
      type Post @key(fields: "id") { id: ID! rank: Int byNovice: Boolean @external byExpert: Boolean @requires(fields: "byNovice") }`,
  });
  assert.match(judge('{ post { byNovice } }') ?? '', /requirement/);
  assert.match(judge('{ post { byExpert } }') ?? '', /requirement/, 'what is required requires as well');
  assert.equal(judge('{ post { fromAuthor author { years } } }'), undefined);
});

test('a field of an interface is declined where a subgraph leaves it to another one for some type', () => {
  const judge = judgeOf({
    a: `type Query { feed: [Item] own: [Item] image: Image }
      interface Item { id: ID! created: String }
      type Image implements Item @key(fields: "id") { id: ID! created: String }`,
    b: 'type Image @key(fields: "id") { id: ID! created: String @override(from: "a") }',
  });
  assert.match(judge('{ feed { created } }') ?? '', /interface/);
  assert.equal(judge('{ feed { id ... on Image { created } } }'), undefined);
  assert.equal(judge('{ image { created } }'), undefined);
});

test('a field that provides fields of an interface is declined', () => {
  const judge = judgeOf({
    a: `type Query { pet: Pet @provides(fields: "... on Dog { name }") }
      interface Pet { id: ID! name: String }
      type Dog implements Pet @key(fields: "id") { id: ID! name: String @external }`,
    b: `interface Pet { id: ID! name: String }
      type Dog implements Pet @key(fields: "id") { id: ID! name: String }`,
  });
  assert.match(judge('{ pet { name } }') ?? '', /provided/);
});
