import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { execute, parse, validate } from 'graphql';
import { createBackgroundContext } from '../../../../src/subgraphs/background-context.ts';
import { compileLookup } from '../../../../src/subgraphs/graphql/entities/compile-lookup.ts';
import { createEntitiesExecutor } from '../../../../src/subgraphs/graphql/entities/entities-executor.ts';
import type { SubgraphRequest, SubgraphResult } from '../../../../src/subgraphs/subgraph.ts';
import { operationOfText } from '../../../../src/subgraphs/subgraph-operation.ts';
import { buildSubgraphSchema } from '../../../../src/subgraphs/subgraph-schema.ts';
import { randomQuery } from '../../random-query.ts';

const BODY = `
  interface Node { id: ID! }
  interface Named { name: String }
  type User implements Node & Named KEY { id: ID! name: String best: Node pets: [Pet] broken: Int }
  type Pet implements Node & Named KEY { id: ID! name: String owner: User kind: String }
  type Shop implements Node KEY { id: ID! staff: [User] broken: Int }`;
const PLAIN = buildSubgraphSchema(
  parse(`${BODY.replaceAll('KEY', '')}
  type Query { users(ids: [ID!]!): [User] pet(id: ID!): Pet nodes(ids: [ID!]!): [Node] version: String }`),
);
/** The same service, as if it knew of federation: what the rewritten operations must agree with. */
const FEDERATED = buildSubgraphSchema(
  parse(`${BODY.replaceAll('KEY', '@key(fields: "id")')} type Query { version: String }`),
);

type Data = Record<string, unknown>;
const objects: Data[] = ['u1', 'u2'].map((id) => ({ __typename: 'User', id, name: `name ${id}` }));
objects.push(...['p1', 'p2'].map((id) => ({ __typename: 'Pet', id, kind: 'cat', owner: objects[0] })), {
  __typename: 'Shop',
  id: 's1',
  staff: objects.slice(0, 2),
});
Object.assign(objects[0] ?? {}, { best: objects[1], pets: [objects[2], null, objects[3]] });
const find = (id: unknown, type?: unknown) =>
  objects.find((each) => each.id === id && (type === undefined || each.__typename === type)) ?? null;

function resolve(source: unknown, args: Data, _: unknown, { fieldName }: { fieldName: string }): unknown {
  const ids = args.ids as string[];
  switch (fieldName) {
    case 'broken':
      throw new Error(`broken ${String((source as Data).id)}`);
    case 'version':
      return '1';
    case 'pet':
      return find(args.id, 'Pet');
    case 'users':
      return [...new Set(ids)].map((id) => find(id, 'User')).reverse();
    case 'nodes':
      return ids.map((id) => find(id)).filter((node) => node !== null);
    case '_entities':
      return (args.representations as Data[]).map((each) => find(each.id, each.__typename));
    default:
      return (source as Data)[fieldName];
  }
}

const typeResolver = (value: unknown) => (value as Data).__typename as string;
const toJson = (value: unknown) => JSON.parse(JSON.stringify(value)) as SubgraphResult;

async function runPlain({ operation, variables }: SubgraphRequest): Promise<SubgraphResult> {
  const document = parse(operation.text);
  assert.deepEqual(validate(PLAIN, document), [], operation.text);
  return toJson(
    await execute({ schema: PLAIN, document, variableValues: variables ?? {}, fieldResolver: resolve, typeResolver }),
  );
}

const lookups = new Map(
  (
    [
      ['User', 'users(ids: $id)'],
      ['Pet', 'pet(id: $id)'],
      ['Shop', 'nodes(ids: $id)'],
    ] as const
  ).map(([type, lookup]) => {
    const compiled = compileLookup(PLAIN, type, { key: 'id', lookup });
    assert.ok('lookup' in compiled);
    return [type, [compiled.lookup]] as const;
  }),
);
const summary = ({ data, errors = [] }: SubgraphResult) => ({
  data,
  errors: errors.map(({ message, path }) => `${message} at ${path?.join('.')}`).sort(),
});

test('lookups answer any fetch of entities as a federated service does', async (t) => {
  const run = createEntitiesExecutor('zoo', PLAIN, lookups, runPlain);
  const representation = fc.constantFrom(
    ...['u1', 'u2', 'u9'].map((id) => ({ __typename: 'User', id })),
    ...['p1', 'p2', 'u1'].map((id) => ({ __typename: 'Pet', id })),
    ...['s1', 's2', 'u1'].map((id) => ({ __typename: 'Shop', id })),
  );
  let compared = 0;
  const property = fc.asyncProperty(
    randomQuery(FEDERATED, '($representations: [_Any!]!)'),
    fc.array(representation, { maxLength: 8 }),
    async (text, representations) => {
      fc.pre(text.includes('_entities') && validate(FEDERATED, parse(text)).length === 0);
      const variables = { representations };
      const operation = operationOfText('query', undefined, text);
      const actual = await run({ operation, variables, context: createBackgroundContext(t.signal) });
      const expected = await execute({
        schema: FEDERATED,
        document: parse(text),
        variableValues: variables,
        fieldResolver: resolve,
        typeResolver,
      });
      assert.deepEqual(summary(actual), summary(toJson(expected)), text);
      compared++;
    },
  );
  await fc.assert(property, { numRuns: 300 });
  assert.ok(compared >= 300);
});
