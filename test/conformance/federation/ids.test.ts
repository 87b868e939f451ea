import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';

it('every requirement of the suite has an id of its own, and says MUST or SHOULD', () => {
  const folder = new URL('./', import.meta.url);
  const texts = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const ids = texts.flatMap((text) => [...text.matchAll(/^ +id: '([A-Z][A-Z0-9-]+-\d+)',$/gm)].map(([, id]) => id));
  const sentences = texts.flatMap((text) => [...text.matchAll(/^ +says: (.+)/gm)].map(([, says]) => says ?? ''));
  assert.ok(ids.length >= 70, `there are ${ids.length}`);
  assert.equal(ids.length, sentences.length);
  assert.deepEqual([...new Set(ids)].length, ids.length);
  for (const says of sentences) assert.match(says, /\b(?:MUST|SHOULD)\b/);
});
