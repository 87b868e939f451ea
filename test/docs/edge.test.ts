import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { createEdge } from '../../src/edge/create-edge.ts';
import { readConfig } from '../../src/index.ts';

const DOCS = join(import.meta.dirname, '../../docs');
const env = Object.fromEntries(
  ['API_KEY_SECRET', 'INTROSPECTION_SECRET', 'ORDERS_CLIENT_SECRET'].map((name) => [
    name,
    'a secret of the deployment',
  ]),
);

describe('the examples of the pages about identity, forwarding, policies and limits', () => {
  for (const page of ['identity', 'forwarding', 'policies', 'limits']) {
    it(`docs/${page}.md holds what a gateway takes`, async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'weir-docs-'));
      t.after(() => rm(folder, { recursive: true }));
      const text = await readFile(join(DOCS, `${page}.md`), 'utf8');
      const blocks = [...text.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)];
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const files = new Map([
        ['keys/gateway.pem', String(privateKey.export({ type: 'pkcs8', format: 'pem' }))],
        ['upstreams/one.yaml', 'kind: graphql\nurl: http://localhost:1/graphql\n'],
        ...blocks.map(([, file = '', content = '']) => [file, content] as const),
      ]);
      for (const [file, content] of files) {
        await mkdir(dirname(join(folder, file)), { recursive: true });
        await writeFile(join(folder, file), content);
      }
      const { config, errors } = await readConfig({ file: join(folder, 'gateway.yaml'), env });
      assert.deepEqual(errors, undefined);
      assert.ok(config !== undefined && blocks.length > 0);
      // Issuers and stores of the examples do not exist; that must not keep the rules from being compiled.
      const edge = createEdge({ ...config, rateLimit: { ...config.rateLimit, redis: undefined } });
      for (const upstream of config.upstreams) {
        if (upstream.kind !== 'local') edge.forwarding.credentialsOf(upstream.name, upstream.auth);
      }
      await edge.close();
    });
  }
});
