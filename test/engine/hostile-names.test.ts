import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSchema, parse } from 'graphql';
import { buildShape } from '../../src/engine/write/build-shape.ts';
import { generateCompleterCode } from '../../src/engine/write/generate-completer.ts';
import { createDataKeys } from '../../src/planner/data-keys.ts';
import { normaliseOperation } from '../../src/planner/normalise.ts';
import { createAnsweringFederation } from './answering-subgraphs.ts';
import { createEngine, run } from './worlds/federate.ts';

const names = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__typename',
  'then',
  'v',
  's',
  'run',
  'shapes',
];

for (const generatesCode of [true, false]) {
  const how = generatesCode ? 'generated' : 'closures';
  for (const name of names) {
    test(`"${name}" is a response key like any other (${how})`, async () => {
      const federation = createAnsweringFederation();
      federation.answer('accounts', ({ operation }) =>
        answerAs(operation.text, { id: '1', name: 'Ada', __typename: 'User' }),
      );
      federation.answer('reviews', ({ operation }) => answerAs(operation.text, { count: 3 }));
      const engine = createEngine(federation, { generatesCode });
      const { dataText, errors } = await run(
        engine,
        federation.apiSchema,
        `{me{${name}:name count} twin{id ${name}:count}}`,
      );
      assert.equal(dataText, `{"me":{"${name}":"Ada","count":3},"twin":{"id":"1","${name}":3}}`);
      assert.equal(errors, undefined);
    });

    test(`"${name}" is null where the data lacks it (${how})`, async () => {
      const federation = createAnsweringFederation();
      federation.answer('accounts', { data: { me: {} } });
      const { dataText } = await run(
        createEngine(federation, { generatesCode }),
        federation.apiSchema,
        `{me{${name}:name}}`,
      );
      assert.equal(dataText, `{"me":{"${name}":null}}`);
    });
  }
}

test('keys that an upstream adds change nothing', async () => {
  const federation = createAnsweringFederation();
  const polluted = JSON.parse(
    '{"__proto__":{"polluted":1,"name":"no"},"constructor":{"prototype":{"polluted":1}},"__typename":"User","id":"1"}',
  );
  federation.answer('accounts', () => ({ data: { me: polluted } }));
  federation.answer('reviews', () => ({ data: JSON.parse('{"_entities":[{"__proto__":{"score":9,"count":9}}]}') }));
  const { dataText } = await run(createEngine(federation), federation.apiSchema, '{me{id count}}');
  assert.equal(dataText, '{"me":{"id":"1","count":null}}');
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test('a type name of an upstream never becomes a type', async () => {
  const federation = createAnsweringFederation();
  for (const typename of ['__proto__', 'constructor', 'Nothing', 7, null, { a: 1 }]) {
    federation.answer('accounts', { data: { me: { id: '1', __typename: typename } } });
    const { dataText } = await run(createEngine(federation), federation.apiSchema, '{me{id count}}');
    assert.equal(dataText, '{"me":{"id":"1","count":null}}');
  }
});

test('a client that selects __typename under the alias of emptied selection sets sees it', async () => {
  const federation = createAnsweringFederation();
  federation.answer('accounts', { data: { me: { __typename: 'User' }, twin: { __typename: 'User' } } });
  const engine = createEngine(federation);
  const own = await run(engine, federation.apiSchema, '{me{_weir_empty:__typename}}');
  assert.equal(own.dataText, '{"me":{"_weir_empty":"User"}}');
  const emptied = await run(engine, federation.apiSchema, '{me{name @skip(if:true)}}');
  assert.equal(emptied.dataText, '{"me":{}}');
});

test('generated code holds names in quotes only', () => {
  const schema = buildSchema('type Query { a(x: String): A } type A { b: String c: [A!] }');
  const operation = normaliseOperation(
    schema,
    parse('{__proto__:a{constructor:b return:c{b}} evil:a(x:"\\"};process.exit()//"){b}}'),
    null,
    {},
  );
  const { code } = generateCompleterCode(buildShape(schema, operation, createDataKeys(parse('type A { b: String }'))));
  const unquoted = code.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  assert.doesNotMatch(unquoted, /__proto__|constructor|evil|process|exit/);
});

/** Answers what a subgraph's text selects with values by field name, under whatever aliases. */
function answerAs(text: string, values: Record<string, unknown>): { readonly data: Record<string, unknown> } {
  const [definition] = parse(text).definitions;
  const fill = (set: unknown, filled: Record<string, unknown> = {}): Record<string, unknown> => {
    for (const selection of (set as { selections: readonly never[] }).selections) {
      const { kind, name, alias, selectionSet } = selection as never as {
        kind: string;
        name: { value: string };
        alias?: { value: string };
        selectionSet?: unknown;
      };
      if (kind === 'InlineFragment') fill(selectionSet, filled);
      else {
        const value = selectionSet === undefined ? values[name.value] : fill(selectionSet);
        const key = (alias ?? name).value;
        const isEntities = name.value === '_entities';
        Object.defineProperty(filled, key, {
          value: isEntities ? [value] : value,
          enumerable: true,
          writable: true,
          configurable: true,
        });
      }
    }
    return filled;
  };
  return { data: fill((definition as never as { selectionSet: unknown }).selectionSet) };
}
