import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { execute, type GraphQLSchema, parse, subscribe, validate } from 'graphql';
import { createBackgroundContext } from '../../../src/subgraphs/background-context.ts';
import type { Subgraph, SubgraphRequest } from '../../../src/subgraphs/subgraph.ts';
import { operationOfText } from '../../../src/subgraphs/subgraph-operation.ts';
import { buildSubgraphSchema } from '../../../src/subgraphs/subgraph-schema.ts';
import { transformSubgraph } from '../../../src/subgraphs/transforms/transform-subgraph.ts';
import type { Transforms } from '../../../src/subgraphs/transforms/transforms.ts';
import { randomQuery } from '../random-query.ts';

const SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires"])
  interface Node { id: ID! }
  interface Named { name: String }
  type User implements Node & Named @key(fields: "id") {
    id: ID! name: String pet: Pet pets: [Pet!] best: Node age: Int broken: String nick: String @requires(fields: "home { city }") home: Home @external
  }
  type Home { city: String street: String }
  type Dog implements Named & Node @key(fields: "id owner { id }") { id: ID! name: String barks: Boolean owner: User }
  type Cat implements Named { name: String lives: Int friend: Named }
  union Pet = Dog | Cat
  input Filter { text: String }
  type Query { user(filter: Filter): User users: [User] kennel: [[Pet]] node: Node named: [Named] }
  type Subscription { user: User }
`;

type Data = Record<string, unknown>;
const ada: Data = { __typename: 'User', id: '1', name: 'Dog', age: 36, home: { city: 'London' } };
const dog: Data = { __typename: 'Dog', id: '2', name: 'Rex', barks: true, owner: ada };
const cat: Data = { __typename: 'Cat', name: 'Tom', lives: 9, friend: dog };
Object.assign(ada, { pet: dog, pets: [dog, cat], best: dog });
const root: Data = {
  user: ada,
  users: [ada, null, ada],
  kennel: [[dog, cat], [cat]],
  node: dog,
  named: [cat, ada, dog],
};
const entities: Data = { User: ada, Dog: dog };

/** What a field of the upstream is, by the upstream's names. */
function resolve(source: Data | undefined, field: string): unknown {
  if (field === 'broken') throw new Error('broken');
  if (field === 'nick') return `nick of ${String((source?.home as Data | undefined)?.city)}`;
  return (source ?? root)[field];
}

function find(
  representation: Data,
  namesOf: { id: string; home: string; city: string; owner: string; type: string },
): Data | null {
  const entity = entities[namesOf.type] as Data | undefined;
  if (entity === undefined || entity.id !== representation[namesOf.id]) return null;
  if (namesOf.type === 'Dog' && (representation[namesOf.owner] as Data | undefined)?.[namesOf.id] !== '1') return null;
  const home = representation[namesOf.home] as Data | undefined;
  return home === undefined ? entity : { ...entity, home: { city: home[namesOf.city] } };
}

const upstreamSchema = buildSubgraphSchema(parse(SDL));
const PLAIN_NAMES = { id: 'id', home: 'home', city: 'city', owner: 'owner' };

/** A subgraph that knows only the upstream's names. */
const subgraph: Subgraph = {
  name: 'zoo',
  url: 'http://zoo.test',
  sdl: SDL,
  execute: async (request) => JSON.parse(JSON.stringify(await execute(upstreamArguments(request)))),
  async subscribe(request) {
    const events = await subscribe({
      ...upstreamArguments(request),
      subscribeFieldResolver: async function* () {
        yield root;
      },
    });
    assert.ok(Symbol.asyncIterator in events);
    return events as AsyncIterable<{ data: Data }>;
  },
};

function upstreamArguments({ operation, variables }: SubgraphRequest) {
  const document = parse(operation.text);
  assert.deepEqual(validate(upstreamSchema, document), [], operation.text);
  return {
    schema: upstreamSchema,
    document,
    variableValues: variables ?? {},
    typeResolver: (value: unknown) => (value as Data).__typename as string,
    fieldResolver: (source: unknown, args: Data, _: unknown, info: { fieldName: string }) =>
      info.fieldName === '_entities'
        ? (args.representations as Data[]).map((each) => find(each, { ...PLAIN_NAMES, type: String(each.__typename) }))
        : resolve(source as Data | undefined, info.fieldName),
  };
}

const TYPES = ['Node', 'Named', 'User', 'Home', 'Dog', 'Cat', 'Pet', 'Filter'];
/** Fields that may be renamed: those of an interface are renamed at the interface. */
const FIELDS = [
  'Node.id',
  'Named.name',
  'User.pet',
  'User.pets',
  'User.home',
  'Home.city',
  'Dog.owner',
  'Cat.friend',
  'Query.users',
  'Query.node',
];

const randomTransforms: fc.Arbitrary<Transforms> = fc.record({
  renameTypes: fc.subarray(TYPES).map((names) => Object.fromEntries(names.map((name) => [name, `${name}InGraph`]))),
  // Some take over the name that another field of the upstream has.
  renameFields: fc
    .subarray(FIELDS)
    .map((names) =>
      Object.fromEntries(names.map((name) => [name, name === 'User.pet' ? 'street' : `${name.split('.')[1]}InGraph`])),
    ),
  prefixTypes: fc.constantFrom(undefined, 'Zoo'),
  prefixFields: fc.constantFrom(undefined, 'zoo_'),
  hide: fc.constantFrom([], ['User.age'], ['Cat']),
});

/** The upstream's name of a field in the graph, read off the config and nothing else. */
function upstreamField(transforms: Transforms, typeAtUpstream: string, field: string): string {
  const parents: Record<string, string[]> = {
    User: ['User', 'Node', 'Named'],
    Dog: ['Dog', 'Node', 'Named'],
    Cat: ['Cat', 'Named'],
  };
  for (const [coordinate, inGraph] of Object.entries(transforms.renameFields)) {
    const [type = '', name = ''] = coordinate.split('.');
    if (inGraph === field && (parents[typeAtUpstream] ?? [typeAtUpstream]).includes(type)) return name;
  }
  const prefix = transforms.prefixFields ?? '';
  return typeAtUpstream === 'Query' && field.startsWith(prefix) ? field.slice(prefix.length) : field;
}

function typeInGraph(transforms: Transforms, type: string): string {
  return transforms.renameTypes[type] ?? `${transforms.prefixTypes ?? ''}${type}`;
}

/** Executes on a schema in the names of the graph itself: no operation is translated. */
async function executeInGraph(schema: GraphQLSchema, text: string, variables: Data, transforms: Transforms) {
  const atUpstream = new Map([...TYPES, '_Entity'].map((type) => [typeInGraph(transforms, type), type]));
  const fieldInGraph = (coordinate: string) => transforms.renameFields[coordinate] ?? coordinate.split('.')[1] ?? '';
  const names = {
    id: fieldInGraph('Node.id'),
    home: fieldInGraph('User.home'),
    city: fieldInGraph('Home.city'),
    owner: fieldInGraph('Dog.owner'),
  };
  return execute({
    schema,
    document: parse(text),
    variableValues: variables,
    typeResolver: (value: unknown) => typeInGraph(transforms, (value as Data).__typename as string),
    fieldResolver: (source: unknown, args: Data, _, info) => {
      if (info.fieldName === '_entities') {
        return (args.representations as Data[]).map((each) =>
          find(each, { ...names, type: atUpstream.get(String(each.__typename)) ?? '' }),
        );
      }
      const type = atUpstream.get(info.parentType.name) ?? info.parentType.name;
      return resolve(source as Data | undefined, upstreamField(transforms, type, info.fieldName));
    },
  });
}

const toJson = (value: unknown) =>
  JSON.parse(JSON.stringify(value)) as { data: unknown; errors?: { path: unknown; message: string }[] };
const summary = (value: unknown) => {
  const { data, errors = [] } = toJson(value);
  return { data, errors: errors.map(({ path, message }) => ({ path, message })) };
};

suite('a transformed subgraph', () => {
  test('answers any query as a schema in the names of the graph does', async (t) => {
    let compared = 0;
    const property = fc.asyncProperty(
      randomTransforms.chain((transforms) => {
        const made = transformSubgraph(subgraph, transforms);
        assert.ok(made.ok, JSON.stringify(made));
        const schema = buildSubgraphSchema(parse(made.value.sdl));
        const variables = '($representations: [_Any!]! = [])';
        return fc.record({
          transforms: fc.constant(transforms),
          made: fc.constant(made.value),
          schema: fc.constant(schema),
          text: randomQuery(schema, variables),
        });
      }),
      async ({ transforms, made, schema, text }) => {
        const document = parse(text);
        fc.pre(validate(schema, document).every((error) => /never used/.test(error.message)));
        const used = text.includes('$representations)') ? text : text.replace(/^query\(.*?\) /, 'query ');
        const name = (coordinate: string) => transforms.renameFields[coordinate] ?? coordinate.split('.')[1] ?? '';
        const representations = [
          {
            __typename: typeInGraph(transforms, 'User'),
            [name('Node.id')]: '1',
            [name('User.home')]: { [name('Home.city')]: 'Paris' },
          },
          {
            __typename: typeInGraph(transforms, 'Dog'),
            [name('Node.id')]: '2',
            [name('Dog.owner')]: { [name('Node.id')]: '1' },
          },
          { __typename: typeInGraph(transforms, 'User'), [name('Node.id')]: 'none' },
        ];
        const operation = operationOfText('query', undefined, used);
        const result = await made.execute({
          operation,
          variables: { representations },
          context: createBackgroundContext(t.signal),
        });
        assert.deepEqual(
          summary(result),
          summary(await executeInGraph(schema, used, { representations }, transforms)),
          used,
        );
        compared++;
      },
    );
    await fc.assert(property, { numRuns: 300 });
    assert.ok(compared >= 300);
  });

  test('is the subgraph itself where nothing is configured', () => {
    const made = transformSubgraph(subgraph, {
      renameTypes: {},
      renameFields: {},
      hide: [],
      prefixTypes: undefined,
      prefixFields: undefined,
    });
    assert.ok(made.ok);
    assert.equal(made.value, subgraph);
  });

  const renamed = () => {
    const made = transformSubgraph(subgraph, {
      renameTypes: { User: 'Person', Filter: 'PersonFilter' },
      renameFields: { 'Node.id': 'key', 'User.home': 'place' },
      hide: [],
      prefixTypes: undefined,
      prefixFields: 'zoo_',
    });
    assert.ok(made.ok);
    return made.value;
  };

  test('translates types of variables, fragments and representations, also those that are only text', async (t) => {
    const text = `query($filter: PersonFilter, $r: [_Any!]!) {
      who: zoo_user(filter: $filter) { ...P }
      _entities(representations: $r) { __typename ... on Person { nick key } }
    }
    fragment P on Person { __typename key }`;
    const r = [{ __typename: 'Person', key: '1', place: { city: 'Bath' } }];
    const result = await renamed().execute({
      operation: operationOfText('query', undefined, text),
      variables: undefined,
      variablesText: JSON.stringify({ filter: { text: 'x' }, r }),
      context: createBackgroundContext(t.signal),
    });
    assert.deepEqual(result, {
      data: {
        who: { __typename: 'Person', key: '1' },
        _entities: [{ __typename: 'Person', nick: 'nick of Bath', key: '1' }],
      },
    });
  });

  test('leaves values alone that only look like a type', async (t) => {
    const made = transformSubgraph(subgraph, {
      renameTypes: { Dog: 'Hound' },
      renameFields: {},
      hide: [],
      prefixTypes: undefined,
      prefixFields: undefined,
    });
    assert.ok(made.ok);
    const operation = operationOfText('query', undefined, '{ user { name pet { __typename } } }');
    const result = await made.value.execute({
      operation,
      variables: undefined,
      context: createBackgroundContext(t.signal),
    });
    assert.deepEqual(result, { data: { user: { name: 'Dog', pet: { __typename: 'Hound' } } } });
  });

  test('translates the events of subscriptions', async (t) => {
    const operation = operationOfText('subscription', undefined, 'subscription { zoo_user { __typename key } }');
    const events = await renamed().subscribe?.({
      operation,
      variables: undefined,
      context: createBackgroundContext(t.signal),
    });
    const seen: unknown[] = [];
    for await (const event of events ?? []) seen.push(toJson(event));
    assert.deepEqual(seen, [{ data: { zoo_user: { __typename: 'Person', key: '1' } } }]);
  });
});
