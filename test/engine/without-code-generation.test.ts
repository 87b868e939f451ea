import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

test('where code must not be made from strings, closures do the work', async () => {
  const script = `
    import { createEngine, federate, run } from '${new URL('worlds/federate.ts', import.meta.url)}';
    import { shop } from '${new URL('worlds/shop.ts', import.meta.url)}';
    import { canGenerateCode } from '${new URL('../../src/engine/write/writer.ts', import.meta.url)}';
    const federation = federate(shop);
    const { dataText } = await run(createEngine(federation), federation.apiSchema, '{me{name reviews{id}}}');
    console.log(canGenerateCode(), dataText);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--disallow-code-generation-from-strings',
    '--input-type=module',
    '--eval',
    script,
  ]);
  assert.equal(stdout, 'false {"me":{"name":"Ada","reviews":[{"id":"r1"},{"id":"r2"}]}}\n');
});
