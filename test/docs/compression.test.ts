import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { startRouteGateway } from '../proxy/route-gateway.ts';
import { startServer } from '../transport/recording-server.ts';
import { readBlocks } from './page-blocks.ts';

describe('the example of docs/compression.md', { timeout: 30_000 }, () => {
  it('compresses what the page says', async (t) => {
    const [example = ''] = await readBlocks('compression.md', 'yaml');
    const { routes, ...sections } = parse(example) as { routes: Record<string, unknown>[] };
    const service = await startServer(t, (request, response) => {
      const type = request.url?.endsWith('.csv') === true ? 'text/csv' : 'application/json';
      response.writeHead(200, { 'content-type': type }).end('"lamp",'.repeat(1_000));
    });
    const { url } = await startRouteGateway(t, { routes, sections, upstreams: { orders: service.url } });
    const codingOf = async (path: string, accepted: string) => {
      const request = http.get(url + path, { agent: false, headers: { 'accept-encoding': accepted } });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      return response.resume().headers['content-encoding'];
    };
    assert.equal(await codingOf('/orders/7', 'gzip, deflate, br, zstd'), 'zstd');
    assert.equal(await codingOf('/exports/7.csv', 'gzip, deflate, br, zstd'), 'br');
    assert.equal(await codingOf('/exports/7.json', 'gzip, deflate, br, zstd'), undefined);
  });
});
