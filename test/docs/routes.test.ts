import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import { readConfig } from '../../src/index.ts';
import { startRouteGateway } from '../proxy/route-gateway.ts';
import { startServer } from '../transport/recording-server.ts';

const PAGE = await readFile(join(import.meta.dirname, '../../docs/routes.md'), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/```yaml\n# gateway\.yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

interface Example {
  readonly routes: readonly { readonly upstream: string }[];
  readonly [section: string]: unknown;
}

const upstreamsOf = ({ routes }: Example) => [...new Set(routes.map(({ upstream }) => upstream))];

describe('the examples of docs/routes.md', { timeout: 60_000 }, () => {
  it('are all found', () => assert.ok(EXAMPLES.length >= 5));

  for (const [index, text] of EXAMPLES.entries()) {
    it(`number ${index + 1} is a config`, async () => {
      const example = parse(text) as Example;
      const folder = await mkdtemp(join(tmpdir(), 'weir-docs-'));
      try {
        const names = upstreamsOf(example);
        for (const name of names)
          await writeFile(join(folder, `${name}.yaml`), 'kind: http\nurl: http://127.0.0.1:1\n');
        const upstreams = names.map((name) => `${name}.yaml`);
        await writeFile(join(folder, 'gateway.yaml'), `${text}${stringify({ upstreams })}`);
        const { errors } = await readConfig({ file: join(folder, 'gateway.yaml'), env: {} });
        assert.equal(errors, undefined);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }

  it('send requests where the page says', async (t) => {
    const service = await startServer(t, (_, response) => response.end('ok'));
    const ask = async (number: number, path: string, headers: http.OutgoingHttpHeaders = {}) => {
      const { routes, proxy } = parse(EXAMPLES[number - 1] ?? '') as Example;
      const upstreams = Object.fromEntries(upstreamsOf({ routes }).map((name) => [name, service.url]));
      const { url } = await startRouteGateway(t, {
        routes,
        upstreams,
        ...(proxy !== undefined && { sections: { proxy } }),
      });
      const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
      http
        .get(`${url}${path}`, { headers, agent: false }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject);
      const status = await promise;
      return [status, service.requests.at(-1)?.url, service.requests.at(-1)?.headers.via];
    };
    assert.deepEqual((await ask(1, '/api/orders/7?a=b')).slice(0, 2), [200, '/v1/orders/7?a=b']);
    const host = 'eu.api.shop.example';
    assert.deepEqual((await ask(2, '/orders/7', { host, 'x-api-version': '2' })).slice(0, 2), [200, '/v2/orders/7']);
    assert.deepEqual((await ask(2, '/orders/7', { host })).slice(0, 2), [200, '/orders/7']);
    assert.deepEqual(await ask(3, '/files/a%2Fb'), [200, '/files/a%2Fb', '1.1 edge']);
  });
});
