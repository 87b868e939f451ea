// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to the environment are what is tested
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import * as z from 'zod';
import { type JsonSchema, toJsonSchema } from '../../src/config/json-schema.ts';
import { gatewaySchema } from '../../src/config/schema/gateway.ts';
import { upstreamSchema } from '../../src/config/schema/upstream.ts';
import { ERRORS } from '../../src/errors.ts';
import { parseCase, runCase } from './golden-case.ts';

const root = join(import.meta.dirname, '../..');
const read = (name: string) => readFile(join(root, name), 'utf8');

describe('what is generated', () => {
  it('is up to date', () => {
    const { status, stdout } = spawnSync(process.execPath, ['scripts/generate.ts', '--check'], { cwd: root });
    assert.equal(status, 0, String(stdout));
  });

  it('has a description for every key', () => {
    const silent: string[] = [];
    visit(toJsonSchema(gatewaySchema), 'gateway');
    visit(toJsonSchema(upstreamSchema), 'upstream');
    assert.deepEqual(silent, []);

    function visit(schema: JsonSchema, path: string): void {
      for (const [key, child] of Object.entries(schema.properties ?? {})) {
        if (child.description === undefined) silent.push(`${path}.${key}`);
        visit(child, `${path}.${key}`);
      }
      if (schema.items) visit(schema.items, `${path}[]`);
      if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties, `${path}.*`);
      for (const option of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) visit(option, path);
    }
  });

  it('lists every error code', async () => {
    const codes = [...(await read('docs/errors.md')).matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code);
    assert.deepEqual(codes, Object.keys(ERRORS));
  });

  it('shows an example that is a config', async () => {
    const blocks = [...(await read('docs/config.md')).matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)];
    const files = blocks.map(([, path = '', text = '']) => ({ path, text }));
    assert.equal(files.length, 2);
    assert.match((await runCase(files)).text, /^server:\n {2}host: 0\.0\.0\.0\n {2}port: 8080\n/);
  });
});

describe('the JSON Schemas', () => {
  const accepts = async (name: string, text: string) =>
    z.fromJSONSchema(JSON.parse(await read(name))).safeParse(parse(text) ?? {}).success;

  it('accept what the reader accepts, references to the environment too', async () => {
    assert.equal(await accepts('gateway.schema.json', 'server: { port: "${PORT:-1}", request_timeout: 5s }'), true);
    assert.equal(await accepts('upstream.schema.json', 'kind: graphql\nurl: "${URL}"\ntimeout: "${T}"'), true);
  });

  it('accept the files of every good case', async () => {
    const folder = join(import.meta.dirname, 'cases');
    for (const name of (await readdir(folder)).filter((one) => one.startsWith('good-'))) {
      const { files } = parseCase(await readFile(join(folder, name), 'utf8'));
      for (const { path, text } of files.filter(
        (file) => /\.(ya?ml|json)$/.test(file.path) && !file.path.startsWith('keys/'),
      )) {
        const schema = path.startsWith('gateway.') ? 'gateway.schema.json' : 'upstream.schema.json';
        assert.equal(await accepts(schema, text), true, `${name}: ${path}`);
      }
    }
  });

  it('refuse unknown keys and wrong values', async () => {
    assert.equal(await accepts('gateway.schema.json', 'server: { prot: 1 }'), false);
    assert.equal(await accepts('gateway.schema.json', 'server: { port: a }'), false);
    assert.equal(await accepts('upstream.schema.json', 'kind: graphql\nurl: http://a/\ntimeout: 5'), false);
    assert.equal(await accepts('upstream.schema.json', 'kind: soap'), false);
  });
});
