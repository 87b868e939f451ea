import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { createBackgroundContext } from '../../../src/subgraphs/background-context.ts';
import { loadResolvers } from '../../../src/subgraphs/local/load-resolvers.ts';
import { SchemaProblemsError } from '../../../src/subgraphs/schema-problem.ts';
import { operationOfText } from '../../../src/subgraphs/subgraph-operation.ts';
import { createSubgraphSource } from '../../../src/subgraphs/subgraph-source.ts';

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'weir-resolvers-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

suite('the module of the resolvers', () => {
  test('is TypeScript or JavaScript, and is read again when it has changed', async (t) => {
    const file = join(await folder(t), 'resolvers.ts');
    await writeFile(file, 'const answer: number = 1; export default { Query: { answer: () => answer } };');
    const first = (await loadResolvers('shop', file)) as { Query: { answer(): number } };
    assert.equal(first.Query.answer(), 1);
    assert.equal(await loadResolvers('shop', file), first);
    await writeFile(file, 'export default { Query: { answer: () => 2 } };');
    assert.equal(((await loadResolvers('shop', file)) as typeof first).Query.answer(), 2);
  });

  const broken: [name: string, text: string, message: RegExp][] = [
    [
      'has no default export',
      'export const Query = {}; export const User = {};',
      /exports "Query", "User" but no default; export the resolver map with "export default/,
    ],
    ['exports nothing', '1;', /exports nothing; export the resolver map/],
    ['throws', 'throw new RangeError("no database");', /RangeError: no database/],
    ['is no JavaScript', 'export default {', /SyntaxError/],
  ];
  for (const [name, text, message] of broken) {
    test(`is told with its file when it ${name}`, async (t) => {
      const file = join(await folder(t), 'resolvers.mjs');
      await writeFile(file, text);
      await assert.rejects(loadResolvers('shop', file), (error: Error) => {
        assert.match(error.message, /Cannot load the resolvers of upstream "shop" from .*resolvers\.mjs: /);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test('is told with its file when it is not there', async () => {
    await assert.rejects(loadResolvers('shop', '/nowhere/r.ts'), /from \/nowhere\/r\.ts: there is no such file/);
  });
});

test('a local upstream is read from its two files, and serves new resolvers after it is read again', async (t) => {
  const directory = await folder(t);
  const schema = join(directory, 'shop.graphql');
  const resolvers = join(directory, 'shop.ts');
  await writeFile(schema, 'type Query { answer: Int }');
  await writeFile(resolvers, 'export default { Query: { answer: () => 1 } };');
  const config = {
    kind: 'local',
    name: 'shop',
    file: join(directory, 'shop.yaml'),
    schema,
    resolvers,
    $schema: undefined,
  } as const;
  const services = { query: async () => ({}), subgraph: () => undefined };
  const source = createSubgraphSource(config, undefined, services);
  const answer = async () => {
    const subgraph = source.makeSubgraph(await source.readSdl(t.signal));
    const operation = operationOfText('query', undefined, '{ answer }');
    return (await subgraph.execute({ operation, variables: undefined, context: createBackgroundContext(t.signal) }))
      .data?.answer;
  };
  assert.equal(await answer(), 1);
  await writeFile(resolvers, 'export default { Query: { answer: () => 2 } };');
  assert.equal(await answer(), 2);
  await writeFile(resolvers, 'export default { Query: { anwser: () => 2 } };');
  await assert.rejects(answer(), (error: unknown) => {
    assert.ok(error instanceof SchemaProblemsError);
    assert.match(
      error.message,
      /shop\.yaml: Resolvers: "Query" has no field "anwser" \(upstream "shop"\)\. Did you mean "answer"\?/,
    );
    return true;
  });
});
