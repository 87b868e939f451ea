import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { OperationTypeNode, parse } from 'graphql';
import { createStitchEngine } from '../../src/stitch/stitch-engine.ts';
import { createFileStore } from '../../src/supergraph/last-good-store.ts';
import { createSuppliedSupergraph } from '../../src/supergraph/supplied-supergraph.ts';
import { httpSubgraph, serve } from './federated-service.ts';
import { requestContext } from './request-context.ts';
import { buildShopServices } from './shop.ts';

const FIXTURE = path.join(import.meta.dirname, '../supergraph/fixtures/four-subgraphs.graphql');

test('a supergraph file is served by the URLs in it alone, over HTTP', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'weir-elsewhere-'));
  const services = await Promise.all(
    [...buildShopServices()].map(async ([name, schema]) => ({ name, ...(await serve(schema)) })),
  );
  let sdl = await readFile(FIXTURE, 'utf8');
  for (const { name, url } of services) sdl = sdl.replace(`http://${name}.test/graphql`, url);
  const source = path.join(directory, 'supergraph.graphql');
  await writeFile(source, sdl);
  const watcher = createSuppliedSupergraph({
    source,
    pollIntervalMs: 10_000,
    readTimeoutMs: 5_000,
    store: createFileStore(path.join(directory, 'state')),
    makeSubgraph: ({ name, url }) => httpSubgraph(name, url),
  });
  try {
    const loaded = await watcher.start();
    assert.ok(loaded);
    const text = '{ topReviews(first: 1) { body author { fullName } product { name inStock shippingEstimate } } }';
    const response = await createStitchEngine(loaded.supergraph, loaded.subgraphs).execute({
      operation: {
        kind: OperationTypeNode.QUERY,
        name: undefined,
        text,
        document: parse(text),
        isEmpty: false,
        privateAlias: undefined,
      },
      variables: {},
      context: requestContext(),
    });
    assert.deepEqual(JSON.parse(JSON.stringify(response)), {
      data: {
        topReviews: [
          {
            body: 'Love it',
            author: { fullName: 'Ada Lovelace' },
            product: { name: 'Table', inStock: true, shippingEstimate: 50 },
          },
        ],
      },
    });
  } finally {
    await watcher.close();
    for (const service of services) await service.close();
    await rm(directory, { recursive: true });
  }
});
