// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to the environment are what is tested
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { formatConfigErrors } from '../../src/config/config-error.ts';
import { findConfigFile } from '../../src/config/find-config-file.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { ENV, parseCase } from './golden-case.ts';

let directory: string;
const write = (name: string, text: string) => writeFile(join(directory, name), text);

before(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'weir-config-')));
  await mkdir(join(directory, 'upstreams'));
});
after(() => rm(directory, { recursive: true }));

describe('readConfig', () => {
  it('freezes the whole config', async () => {
    await write('gateway.yaml', 'server: { port: 1 }');
    await write('upstreams/a.yaml', 'kind: graphql\nurl: http://localhost:1/\nheaders: { forward: [{ name: a }] }');
    const { config } = await readConfig({ file: 'gateway.yaml', env: {}, workingDirectory: directory });
    const unfrozen = (value: unknown): boolean =>
      typeof value === 'object' && value !== null && (!Object.isFrozen(value) || Object.values(value).some(unfrozen));
    assert.ok(config);
    assert.equal(unfrozen(config), false);
  });

  it('names the files of the config and those that they name, also when it is wrong', async () => {
    await write('gateway.yaml', 'graphql: { examples: missing.graphql }\nserver: { prot: 1 }');
    await write('upstreams/a.yaml', 'kind: local\nschema: a.graphql\nresolvers: a.ts');
    const { files, errors } = await readConfig({ file: 'gateway.yaml', env: {}, workingDirectory: directory });
    assert.equal(errors?.length, 4);
    const names = ['gateway.yaml', 'missing.graphql', 'upstreams/a.graphql', 'upstreams/a.ts', 'upstreams/a.yaml'];
    assert.deepEqual(
      [...files].sort(),
      names.map((name) => join(directory, name)),
    );
  });

  it('reports a main file that is not there', async () => {
    const { errors } = await readConfig({ file: 'nowhere/gateway.yaml', env: {}, workingDirectory: directory });
    assert.equal(
      formatConfigErrors(errors ?? [], directory),
      'nowhere/gateway.yaml  The file must be readable, and is not: it does not exist\n' +
        '    Create the file or correct its path; it must be a file that this process may read\n',
    );
  });

  it('serves a supergraph without any file', async () => {
    await write('supergraph.graphql', 'type Query { a: Int }');
    const overrides = { supergraph: 'supergraph.graphql', port: '0', host: '::', engine: 'stitch' };
    const { config } = await readConfig({ env: {}, overrides, workingDirectory: directory });
    assert.equal(config?.supergraph.source, join(directory, 'supergraph.graphql'));
    assert.deepEqual([config?.server.port, config?.server.host, config?.graphql.engine], [0, '::', 'stitch']);
    assert.deepEqual([config?.directory, config?.upstreams], [directory, []]);
  });

  it('keeps a supergraph URL as it is', async () => {
    const overrides = { supergraph: 'https://registry.example/graph' };
    const { config } = await readConfig({ env: {}, overrides, workingDirectory: directory });
    assert.equal(config?.supergraph.source, 'https://registry.example/graph');
  });

  it('lets the command line win over the file', async () => {
    await write('gateway.yaml', 'server: { port: 1, host: a }\nsupergraph: { source: missing.graphql }\nupstreams: []');
    const overrides = { supergraph: 'http://localhost/s', port: 2 };
    const { config } = await readConfig({ file: 'gateway.yaml', env: {}, overrides, workingDirectory: directory });
    assert.deepEqual([config?.server.port, config?.server.host], [2, 'a']);
    assert.equal(config?.supergraph.source, 'http://localhost/s');
  });

  it('checks what the command line says', async () => {
    const overrides = { supergraph: 'none.graphql', port: 'http', engine: 'compield' };
    const { errors } = await readConfig({ env: {}, overrides, workingDirectory: directory });
    assert.equal(
      formatConfigErrors(errors ?? [], directory),
      `--engine  graphql.engine must be one of "auto", "compiled", "stitch", got "compield"
    Did you mean "compiled"?
--port  server.port must be a number, got "http"
    Change it, or remove the key. port: Port to listen on; 0: any free port; default: 4000.
--supergraph  "none.graphql" must be a file, and does not exist
    Create the file, or correct the path; it is relative to the working directory
`,
    );
  });

  it('says so when there is nothing to serve', async () => {
    const { errors } = await readConfig({ env: {}, workingDirectory: directory });
    assert.equal(
      formatConfigErrors(errors ?? [], directory),
      '--supergraph  A supergraph must be named where there is no config file, and is not\n' +
        '    Add gateway.yaml, or `--supergraph FILE|URL`\n',
    );
  });
});

describe('findConfigFile', () => {
  it('prefers YAML, and finds nothing in an empty folder', async () => {
    assert.equal(await findConfigFile(join(directory, 'upstreams')), undefined);
    await write('gateway.json', '{}');
    assert.equal(await findConfigFile(directory), join(directory, 'gateway.yaml'));
  });
});

describe('whatever the files hold', async () => {
  const folder = join(import.meta.dirname, 'cases');
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  const inputs = texts.flatMap((text) => parseCase(text).files.map((file) => file.text));
  const lines = inputs.flatMap((text) => text.split('\n'));
  const token = fc.constantFrom(
    ': ',
    '- ',
    '\n',
    '\n  ',
    '\t',
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '"',
    "'",
    '|\n',
    '!t ',
    '? ',
    '---\n',
    '%',
    '#',
    ',',
    '\0',
    '\ufeff',
    '__proto__',
    '<<: ',
    'upstreams: [',
    '${SECRET}',
    '${',
    '~',
    '1e999',
    '.nan',
    '0x1F',
    '2020-01-01',
  );
  const fragment = fc.oneof(fc.constantFrom(...lines), fc.constantFrom(...inputs), token, fc.string());
  const glued = fc
    .array(fragment, { maxLength: 12 })
    .chain((parts) => fc.constantFrom('', '\n', ' ').map((glue) => parts.join(glue)));
  // A valid file with a piece cut out and something put there reaches further than what is put together from pieces.
  const mutated = fc
    .tuple(fc.constantFrom(...inputs), fc.nat(), fc.nat({ max: 12 }), fragment)
    .map(([text, at, length, piece]) => {
      const start = text.length === 0 ? 0 : at % text.length;
      return text.slice(0, start) + piece + text.slice(start + length);
    });
  const text = fc.oneof(glued, mutated, mutated);

  it('reading never throws, every error has a way out, and no value of the environment is shown', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, async (main, upstream) => {
        await write('gateway.yaml', main);
        await write('upstreams/a.yaml', upstream);
        const { config, errors } = await readConfig({ file: 'gateway.yaml', env: ENV, workingDirectory: directory });
        assert.equal(config === undefined, errors !== undefined && errors.length > 0);
        for (const { message, hint, file, line, column } of errors ?? []) {
          assert.ok(message.length > 0 && hint.length > 0 && line > 0 && column > 0, `${file}:${line} ${message}`);
          // Files may be found by a pattern that holds the value; their names are not the config's.
          assert.ok(!`${message} ${hint}`.includes(ENV.SECRET), message);
        }
      }),
      { numRuns: 400 },
    );
  });
});
