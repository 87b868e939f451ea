import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { createBackgroundContext } from '../../../src/subgraphs/background-context.ts';
import { createSubgraph } from '../../../src/subgraphs/create-subgraph.ts';
import { loadResolvers } from '../../../src/subgraphs/local/load-resolvers.ts';
import { operationOfText } from '../../../src/subgraphs/subgraph-operation.ts';

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
        assert.match(error.message, /Cannot load the resolvers of upstream "shop" from .*resolvers\.mjs(:\d+)*: /);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test('is told with its file when it is not there', async () => {
    await assert.rejects(loadResolvers('shop', '/nowhere/r.ts'), /from \/nowhere\/r\.ts: there is no such file/);
  });
});

test('a local upstream serves new resolvers once they are loaded again, and none that do not fit its schema', async (t) => {
  const file = join(await folder(t), 'shop.ts');
  const config = {
    kind: 'local',
    name: 'shop',
    file: 'shop.yaml',
    schema: 'shop.graphql',
    resolvers: file,
  } as const;
  const services = { query: async () => ({}), subgraph: () => undefined };
  const make = async (text: string) => {
    await writeFile(file, text);
    return createSubgraph(config, 'type Query { answer: Int }', undefined, services, await loadResolvers('shop', file));
  };
  for (const answer of [1, 2]) {
    const made = await make(`export default { Query: { answer: () => ${answer} } };`);
    assert.ok(made.ok);
    const operation = operationOfText('query', undefined, '{ answer }');
    const context = createBackgroundContext(t.signal);
    assert.equal((await made.value.execute({ operation, variables: undefined, context })).data?.answer, answer);
  }
  assert.deepEqual(await make('export default { Query: { anwser: () => 2 } };'), {
    ok: false,
    problems: [
      {
        upstream: 'shop',
        file,
        line: 1,
        column: 27,
        message: 'Resolvers: "Query" has no field "anwser"',
        hint: 'Did you mean "answer"?',
      },
      {
        upstream: 'shop',
        file,
        line: 1,
        column: 18,
        message: 'Resolvers: "Query.answer" has none',
        hint: 'A root field needs a resolver: it has no parent to take its value from',
      },
    ],
  });
});
