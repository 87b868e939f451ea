import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { serverAudits } from 'graphql-http';
import { serveGraphql } from '../../../examples/services/graphql-service.ts';
import type { Service } from '../../../examples/services/listen.ts';
import { buildSubgraphSchema } from '../../../examples/services/subgraph-schema.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { createGateway, type Gateway } from '../../../src/gateway.ts';
import { composeSupergraph } from '../../../src/supergraph/compose.ts';

const SDL = 'type Query { hello: String }';

/** The GraphQL over HTTP specification, by the audits of graphql-http; their ids are stable. */
describe('GraphQL over HTTP', { timeout: 60_000 }, () => {
  let service: Service;
  let folder = '';
  let gateway: Gateway;
  let url = '';
  before(async () => {
    service = await serveGraphql(buildSubgraphSchema(SDL, { Query: { hello: () => 'world' } }), {});
    folder = await mkdtemp(join(tmpdir(), 'weir-audits-'));
    const file = join(folder, 'supergraph.graphql');
    const composition = composeSupergraph([{ name: 'hello', sdl: SDL, url: service.url }]);
    if ('errors' in composition) throw new Error(JSON.stringify(composition.errors));
    await writeFile(file, composition.sdl);
    const overrides = { supergraph: file, port: 0 };
    const { config, errors } = await readConfig({ env: {}, overrides, workingDirectory: folder });
    if (config === undefined) throw new Error(JSON.stringify(errors));
    gateway = await createGateway(config, { logDestination: { write: () => undefined } });
    url = `${await gateway.listen()}/graphql`;
  });
  after(async () => {
    await gateway?.close();
    await service?.close(0);
    await rm(folder, { recursive: true, force: true });
  });

  for (const { id, name, fn } of serverAudits({ url: () => url, fetchFn: fetch })) {
    it(`${id}: ${name}`, async (t) => {
      const result = await fn();
      if (result.status === 'ok') return;
      const answer = `${result.response.status} ${await result.response.text()}`;
      if (name.startsWith('MUST')) assert.fail(`${result.reason}\n${answer}`);
      // SHOULD and MAY: what the gateway does otherwise is told, and does not fail.
      t.diagnostic(`${result.status}: ${result.reason}`);
    });
  }
});
