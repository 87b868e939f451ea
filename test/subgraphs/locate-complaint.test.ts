import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { locateComplaint } from '../../src/subgraphs/locate-complaint.ts';

const YAML = `kind: graphql
url: \${REVIEWS_URL}
entities:
  User: { key: id, lookup: "users(ids: $id)" }
  Product: { key: id, lookup: "products(ids: $id)" }
transforms:
  hide: [Query.users, Query.user]
`;

describe('a complaint about an upstream', () => {
  let folder = '';
  let file = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-locate-'));
    file = join(folder, 'reviews.yaml');
    await writeFile(file, YAML);
  });
  after(() => rm(folder, { recursive: true }));

  const placeOf = (complaint: object) => {
    const { line, column } = locateComplaint({ message: 'm', hint: 'h', ...complaint }, 'reviews', file);
    return [line, column];
  };

  it('is placed at its key', () => assert.deepEqual(placeOf({ key: ['entities', 'Product'] }), [5, 3]));
  it('is placed at the nearest key that is written', () =>
    assert.deepEqual(placeOf({ key: ['transforms', 'rename_types'] }), [6, 1]));
  it('is placed at its word, not at a longer one', () =>
    assert.deepEqual(placeOf({ key: ['transforms'], word: 'Query.user' }), [7, 23]));
  it('keeps the place that it knows', () => assert.deepEqual(placeOf({ word: 'User', line: 9, column: 2 }), [9, 2]));
  it('has no place where the file does not have it', () =>
    assert.deepEqual(placeOf({ word: 'Nothing' }), [undefined, undefined]));
  it('has no place where its file cannot be read', () =>
    assert.deepEqual(placeOf({ file: join(folder, 'none.ts'), word: 'User' }), [undefined, undefined]));
});
