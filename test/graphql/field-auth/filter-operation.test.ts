import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildSchema, parse } from 'graphql';
import { compileFieldAuth } from '../../../src/graphql/field-auth/field-auth.ts';
import { filterOperation } from '../../../src/graphql/field-auth/filter-operation.ts';
import { compileFieldPolicies } from '../../../src/graphql/field-auth/policies.ts';
import type { ProtectedField } from '../../../src/graphql/field-auth/protections.ts';
import { normaliseOperation } from '../../../src/planner/normalise.ts';
import { requestOf } from '../request-context.ts';

const schema = buildSchema(`
  directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION
  directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  type Query { open: String item: Item node: Node nodes: [[Node!]] }
  interface Node { id: ID link: Node }
  type Item implements Node { id: ID link: Item! a(n: Int): String @requiresScopes(scopes: [["a"]]) b: String! @requiresScopes(scopes: [["b"]]) }
  type Free implements Node { id: ID link: Node }
`);
const auth = compileFieldAuth(schema, { mode: 'filter', rules: {} }, compileFieldPolicies({}));

function filter(query: string, scopes: readonly string[] = []) {
  const operation = normaliseOperation(schema, parse(query), null, {});
  const refused = auth.judge(operation, requestOf(scopes)) as readonly ProtectedField[];
  return { whole: operation, ...filterOperation(schema, operation, refused) };
}

describe('an operation without its refused fields', () => {
  it('asks for `__typename` in their place, and for no variable that only they use', () => {
    const { operation } = filter('query ($n: Int) { item { id x: a(n: $n) } open }');
    assert.equal(operation.text, '{item{id _weir_auth_0:__typename}open}');
  });

  it('uses no response key of the client', () => {
    const { operation } = filter('{ item { _weir_auth_0: id a } }');
    assert.equal(operation.text, '{item{_weir_auth_0:id _weir_auth__0:__typename}}');
  });

  it('is kept by which fields are refused, whoever asks', () => {
    const text = parse('{ item { a b } }');
    const operation = normaliseOperation(schema, text, null, {});
    const of = (scopes: readonly string[] | null) =>
      filterOperation(schema, operation, auth.judge(operation, requestOf(scopes)) as readonly ProtectedField[]);
    assert.equal(of([]), of(null));
    assert.equal(of(['a']), of(['a', 'other']));
    assert.notEqual(of(['a']), of(['b']));
  });

  it('is not deferred', () => {
    const { whole, operation } = filter('{ item { id ... @defer { a } } open }');
    assert.match(whole.text, /@defer/);
    assert.equal(operation.text, '{item{id _weir_auth_0:__typename}open}');
  });

  it('is still empty where conditions emptied it', () => {
    const { operation } = filter('{ node { id @skip(if: true) } item { a } }');
    assert.equal(operation.privateAlias, '_weir_empty');
    assert.match(operation.text, /^\{node\{_weir_empty:__typename\}item\{_weir_auth_0:__typename\}\}#_weir_empty$/);
  });
});

describe('the answer of the whole', () => {
  it('has nulls in the place and order of refused fields', () => {
    const { fill } = filter('{ item { x: a id y: a } }');
    const data = { item: { _weir_auth_0: 'Item', id: '1', _weir_auth_1: 'Item' } };
    assert.equal(JSON.stringify(fill(data)), '{"item":{"x":null,"id":"1","y":null}}');
    assert.deepEqual(fill({ item: null }), { item: null });
  });

  it('has hostile names as data', () => {
    const { fill } = filter('{ item { __proto__: a constructor: id } }');
    const filled = fill({ item: { _weir_auth_0: 'Item', constructor: '1' } });
    assert.equal(JSON.stringify(filled), '{"item":{"__proto__":null,"constructor":"1"}}');
  });

  it('is null around what may not be, by the type of each value', () => {
    const { fill } = filter('{ nodes { link { id ... on Item { b } } } }');
    const item = { _weir_auth_type: 'Item', id: '1', _weir_auth_0: 'Item' };
    const free = { _weir_auth_type: 'Free', id: '2' };
    // `Item.link` may not be null, `Free.link` may.
    const data = {
      nodes: [
        [
          { _weir_auth_type: 'Free', link: item },
          { _weir_auth_type: 'Free', link: free },
        ],
        [
          { _weir_auth_type: 'Free', link: free },
          { _weir_auth_type: 'Item', link: item },
        ],
        null,
      ],
    };
    assert.deepEqual(fill(data), { nodes: [[{ link: null }, { link: { id: '2' } }], null, null] });
  });

  it('is null where a value is of no type that the schema knows', () => {
    const { fill } = filter('{ node { id ... on Item { a } } }');
    for (const typename of ['Unknown', 'Query', '__proto__', null])
      assert.deepEqual(fill({ node: { _weir_auth_type: typename, id: '1' } }), { node: null });
  });
});
