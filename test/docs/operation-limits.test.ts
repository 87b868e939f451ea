import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createGateway, readConfig } from '../../src/index.ts';
import { ROOT, readBlocks } from './page-blocks.ts';

const OPERATIONS = `query Shelf {
  search(text: "weir") {
    hits {
      title
    }
  }
}

query TooMuch($first: Int) {
  books(first: $first) {
    similar {
      similar { summary }
    }
  }
}
`;

describe('the examples of docs/operation-limits.md', { timeout: 60_000 }, () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(ROOT, 'test/docs/.examples-'));
    const [main = ''] = await readBlocks('operation-limits.md', 'yaml');
    const [sdl = ''] = await readBlocks('operation-limits.md', 'graphql');
    await mkdir(join(folder, 'operations'));
    const files = {
      'gateway.yaml': main,
      'shelf.yaml': 'kind: local\nschema: shelf.graphql\nresolvers: shelf.ts\n',
      'shelf.graphql': sdl,
      'shelf.ts': 'export default { Query: { book: () => null, books: () => [], search: () => null } };',
      'operations/shelf.graphql': OPERATIONS,
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  });
  after(() => rm(folder, { recursive: true }));

  it('the cost is what the page says', async () => {
    const { config, errors } = await readConfig({ file: join(folder, 'gateway.yaml'), env: {} });
    assert.ok(config, JSON.stringify(errors));
    const gateway = await createGateway(config, { logDestination: { write: () => undefined } });
    const page = await readFile(join(ROOT, 'docs/operation-limits.md'), 'utf8');
    const query = /`(\{ books\(first: 4\).*?)` costs/.exec(page)?.[1];
    const [extensions = ''] = await readBlocks('operation-limits.md', 'json');
    const answer = await gateway.fetch(
      new Request('http://gateway/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      }),
    );
    await gateway.close();
    assert.deepEqual(await answer.json(), { data: { books: [] }, ...JSON.parse(extensions) });
  });

  it('the check prints what the page says', async () => {
    const [console = ''] = await readBlocks('operation-limits.md', 'console');
    const weir = join(ROOT, 'src/cli/weir.ts');
    const printed = await new Promise<string>((resolve) => {
      execFile(
        process.execPath,
        [weir, 'check', '--operations', 'operations/*.graphql'],
        { cwd: folder },
        (_error, stdout, stderr) => resolve(stdout + stderr),
      );
    });
    assert.equal(`$ weir check --operations 'operations/*.graphql'\n${printed}`, console);
  });
});
