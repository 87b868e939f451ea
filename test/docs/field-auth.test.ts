import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createGateway, type Gateway, readConfig } from '../../src/index.ts';
import { ROOT, readBlocks } from './page-blocks.ts';

describe('the examples of docs/field-auth.md', { timeout: 60_000 }, () => {
  let folder = '';
  let gateway: Gateway;
  before(async () => {
    folder = await mkdtemp(join(ROOT, 'test/docs/.examples-'));
    const [sdl = ''] = await readBlocks('field-auth.md', 'graphql');
    const [main = ''] = await readBlocks('field-auth.md', 'yaml');
    const [plugin = ''] = await readBlocks('field-auth.md', 'ts');
    const files = {
      'gateway.yaml': main,
      'people.yaml': 'kind: local\nschema: people.graphql\nresolvers: people.ts\n',
      'people.graphql': sdl,
      'people.ts':
        "export default { Query: { news: () => ['Weir is out'], me: () => ({ id: '1', name: 'Ada' }), staff: () => [] } };",
      'policies.ts': plugin.replace("'weir'", "'../../../src/index.ts'"),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const { config, errors } = await readConfig({ file: join(folder, 'gateway.yaml'), env: {} });
    assert.ok(config, JSON.stringify(errors));
    gateway = await createGateway(config, { logDestination: { write: () => undefined } });
  });
  after(async () => {
    await gateway?.close();
    await rm(folder, { recursive: true });
  });

  it('answer what the page says', async () => {
    const [, query] = await readBlocks('field-auth.md', 'graphql');
    const [answer = ''] = await readBlocks('field-auth.md', 'json');
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query });
    const response = await gateway.fetch(new Request('http://gateway/graphql', { method: 'POST', headers, body }));
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), JSON.parse(answer));
  });
});
