import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { test } from 'node:test';

const src = join(import.meta.dirname, '../src');

/** What each folder of src/ may import from, beside itself: the journey of the data runs one way. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  config: ['mapping'],
  telemetry: ['config'],
  mapping: [],
  http1: [],
  edge: ['config', 'telemetry'],
  'content-coding': ['config', 'edge'],
  transport: ['config', 'edge', 'http1', 'telemetry'],
  subgraphs: ['config', 'edge', 'mapping', 'transport'],
  supergraph: ['config', 'edge', 'subgraphs'],
  planner: ['edge', 'subgraphs', 'supergraph'],
  stitch: ['edge', 'planner', 'subgraphs', 'supergraph'],
  engine: ['edge', 'planner', 'subgraphs', 'supergraph'],
  graphql: ['config', 'content-coding', 'edge', 'engine', 'planner', 'stitch', 'subgraphs', 'supergraph', 'telemetry'],
  proxy: ['config', 'content-coding', 'edge', 'graphql', 'mapping', 'telemetry', 'transport'],
  server: [
    ...['config', 'content-coding', 'edge', 'graphql', 'http1', 'proxy', 'subgraphs', 'supergraph', 'telemetry'],
    'transport',
  ],
};

/** `src/errors.ts` and such may be imported by every folder; they import no folder. The table of contents and the command line import all. */
const importsOf = (file: string): string[] =>
  [...readFileSync(join(src, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path]) =>
    normalize(join(dirname(file), path as string)),
  );

test('imports between the folders of src/ follow the journey of the data', () => {
  const breaches: string[] = [];
  for (const file of globSync('**/*.ts', { cwd: src })) {
    const [folder = ''] = file.split('/');
    const allowed = MAY_IMPORT[folder];
    if (allowed === undefined) continue;
    for (const imported of importsOf(file)) {
      const [target = ''] = relative('.', imported).split('/');
      if (target === folder || !imported.includes('/') || allowed.includes(target)) continue;
      breaches.push(`${file} imports ${imported}`);
    }
  }
  assert.deepEqual(breaches, []);
});

test('every folder of src/ is in the table of what may import what', () => {
  const folders = globSync('*/', { cwd: src }).filter((name) => !name.includes('.'));
  assert.deepEqual(
    folders.filter((name) => MAY_IMPORT[name] === undefined && name !== 'cli'),
    [],
  );
});
