import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kind, parse, print } from 'graphql';
import { upgradeJoin } from '../../src/supergraph/upgrade-join.ts';

const HEAD = `
  schema @core(feature: "https://specs.apollo.dev/core/v0.1") @core(feature: "https://specs.apollo.dev/join/v0.1") { query: Query }
  directive @core(feature: String!) repeatable on SCHEMA
  directive @join__owner(graph: join__Graph!) on OBJECT | INTERFACE
  scalar join__FieldSet
  enum join__Graph { A @join__graph(name: "a", url: "http://a.test/") B @join__graph(name: "b", url: "http://b.test/") }`;

/** The upgraded types, each in the printer's form. */
function upgradedTypes(sdl: string): string[] {
  const { definitions } = upgradeJoin(parse(HEAD + sdl));
  return definitions
    .filter((node) => 'name' in node && !/^(join|link)__|^link$/.test(node.name?.value ?? ''))
    .filter(({ kind }) => kind !== Kind.DIRECTIVE_DEFINITION)
    .map(print);
}

test('fields that a field set of a subgraph names belong to that subgraph', () => {
  const [, product] = upgradedTypes(`
    type Query { top: Product @join__field(graph: A) }
    type Product @join__owner(graph: A) @join__type(graph: A, key: "upc sku { id }") @join__type(graph: B, key: "upc") {
      upc: String! @join__field(graph: A)
      sku: String
      price: Int @join__field(graph: A)
      stock: Int @join__field(graph: B, requires: "price")
    }`);
  assert.equal(
    product,
    `type Product @join__type(graph: A, key: "upc sku { id }") @join__type(graph: B, key: "upc") {
  upc: String! @join__field(graph: A) @join__field(graph: B)
  sku: String @join__field(graph: A)
  price: Int @join__field(graph: A) @join__field(graph: B, external: true)
  stock: Int @join__field(graph: B, requires: "price")
}`,
  );
});

test('types that nobody owns are of the subgraphs that can meet them', () => {
  const types = upgradedTypes(`
    type Query { a(in: Filter): Found @join__field(graph: A) b: Size @join__field(graph: B) c: Size @join__field(graph: A) }
    union Found = Box | Bag
    type Box { size: Size unit: Unit }
    type Bag implements Named { name: String }
    interface Named { name: String }
    type Size { width: Int }
    enum Unit { CM IN }
    input Filter { unit: Unit }`);
  assert.deepEqual(types.slice(1), [
    'union Found @join__type(graph: A) @join__unionMember(graph: A, member: "Box") @join__unionMember(graph: A, member: "Bag") = Box | Bag',
    'type Box @join__type(graph: A) {\n  size: Size\n  unit: Unit\n}',
    'type Bag implements Named @join__type(graph: A) @join__implements(graph: A, interface: "Named") {\n  name: String\n}',
    'interface Named @join__type(graph: A) {\n  name: String\n}',
    'type Size @join__type(graph: A) @join__type(graph: B) {\n  width: Int\n}',
    'enum Unit @join__type(graph: A) {\n  CM @join__enumValue(graph: A)\n  IN @join__enumValue(graph: A)\n}',
    'input Filter @join__type(graph: A) {\n  unit: Unit\n}',
  ]);
});

test('a supergraph of Federation 2 is left as it is', () => {
  const document = parse(
    'schema @link(url: "https://specs.apollo.dev/link/v1.0") { query: Query } type Query { a: Int }',
  );
  assert.equal(upgradeJoin(document), document);
});
