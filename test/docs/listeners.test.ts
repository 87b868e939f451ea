import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createGateway, formatConfigErrors, readConfig } from '../../src/index.ts';
import { Certificates } from '../transport/certificates.ts';

const PAGE = join(import.meta.dirname, '../../docs/listeners.md');

test('the examples of docs/listeners.md are configs that serve', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-listeners-docs-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const certificates = new Certificates(t);
  for (const name of ['shop', 'partners']) certificates.issue(name, `DNS:${name}.test`);
  await rename(certificates.path('ca.pem'), certificates.path('clients.pem'));
  await mkdir(join(folder, 'run'));
  await writeFile(join(folder, 'own.yaml'), 'kind: local\nschema: own.graphql\nresolvers: own.ts\n');
  await writeFile(join(folder, 'own.graphql'), 'type Query { hello: String }');
  await writeFile(join(folder, 'own.ts'), "export default { Query: { hello: () => 'world' } };");
  const text = await readFile(PAGE, 'utf8');
  const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  assert.equal(blocks.length, 5);
  for (const block of blocks) {
    const written = block
      .replaceAll('certificates/', `${certificates.folder}/`)
      .replaceAll(/port: \d+/g, 'port: 0')
      .replaceAll('host: 0.0.0.0', 'host: 127.0.0.1');
    await writeFile(join(folder, 'gateway.yaml'), `${written}upstreams: [own.yaml]\n`);
    const { config, errors } = await readConfig({ file: join(folder, 'gateway.yaml'), env: {} });
    if (config === undefined) throw new Error(formatConfigErrors(errors, folder));
    const gateway = await createGateway(config, { logDestination: { write: () => undefined } });
    await gateway.listen();
    assert.equal(gateway.addresses().length, config.server.listeners.length);
    assert.equal(await gateway.close(), true);
  }
});
