/**
 * Writes what is generated from the code. `--check` writes nothing, names the files that are out of date and exits
 * with 1 if there are any.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toEditorSchema } from '../src/config/json-schema.ts';
import { gatewaySchema } from '../src/config/schema/gateway.ts';
import { upstreamSchema } from '../src/config/schema/upstream.ts';
import { renderConfigPage } from './config-page.ts';
import { renderErrorsPage } from './errors-page.ts';

/** Each generated file and how its text is made. */
const FILES: Readonly<Record<string, () => string>> = {
  'gateway.schema.json': () => toJson(toEditorSchema(gatewaySchema, 'Weir: gateway.yaml')),
  'upstream.schema.json': () => toJson(toEditorSchema(upstreamSchema, 'Weir: an upstream')),
  'docs/config.md': renderConfigPage,
  'docs/errors.md': renderErrorsPage,
};

const root = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');
const stale: string[] = [];

for (const [name, render] of Object.entries(FILES)) {
  const file = join(root, name);
  const text = render();
  if (text === (await readFile(file, 'utf8').catch(() => undefined))) continue;
  stale.push(name);
  if (isCheck) continue;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

if (stale.length > 0) {
  console.log(isCheck ? `Out of date; run \`npm run generate\`: ${stale.join(', ')}` : `Written: ${stale.join(', ')}`);
  process.exitCode = isCheck ? 1 : 0;
}

function toJson(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
