import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import { createGateway, formatConfigErrors, type Gateway, readConfig } from '../../src/index.ts';
import { checkRoutes } from '../../src/proxy/check-routes.ts';
import { startServer } from '../transport/recording-server.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Page {
  /** Blocks whose first line is a comment with the name of a file. */
  readonly files: ReadonlyMap<string, string>;
  /** Requests, each with the JSON that stands next after it. */
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly body: string;
    readonly json: unknown;
    readonly text: string;
  }[];
}

async function readPage(name: string): Promise<Page> {
  const text = await readFile(join(ROOT, 'docs', name), 'utf8');
  const blocks = [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, kind = '', code = '']) => ({ kind, code }));
  const files = blocks.flatMap(({ code }) => {
    const file = /^(?:#|\/\/) (\S+\.\w+)\n/.exec(code)?.[1];
    return file === undefined ? [] : [[file, code] as const];
  });
  const requests = blocks.flatMap(({ kind, code }, index) => {
    if (kind !== 'http') return [];
    const [head = '', body = ''] = code.split('\n\n');
    const [method = '', path = ''] = head.trim().split(' ');
    const text = blocks[index + 1]?.code.trim() ?? '';
    return [{ method, path, body: body.trim(), json: JSON.parse(text) as unknown, text }];
  });
  return { files: new Map(files), requests };
}

describe('the examples of docs/transforms.md and docs/aggregation.md', { timeout: 120_000 }, () => {
  let folder = '';
  before(async () => {
    // Inside the repository, so that packages are found.
    folder = await mkdtemp(join(ROOT, 'test/docs/.examples-'));
  });
  after(() => rm(folder, { recursive: true }));

  /** Writes the files, a route that stands alone into gateway.yaml, and serves. */
  async function serve(
    t: TestContext,
    files: ReadonlyMap<string, string>,
    alone: string,
    env: Record<string, string>,
  ): Promise<string> {
    for (const [name, text] of files)
      await writeFile(join(folder, name), text.replace("from 'weir'", "from '../../../src/index.ts'"));
    const main = parse(files.get('gateway.yaml') ?? '') as { routes: unknown[] };
    const file = join(folder, 'gateway.yaml');
    const routes = [...main.routes, parse(files.get(alone) ?? '')];
    await writeFile(file, stringify({ ...main, server: { port: 0, shutdown_grace: '1s' }, routes }));
    const { config, errors } = await readConfig({ file, env });
    assert.ok(config, JSON.stringify(errors));
    assert.equal(formatConfigErrors(await checkRoutes(config, undefined, file), folder), '');
    const gateway: Gateway = await createGateway(config, { logDestination: { write: () => undefined } });
    t.after(() => gateway.close());
    return gateway.listen();
  }

  it('of transforms do what the page says, and its golden pairs hold', async (t) => {
    const { files, requests } = await readPage('transforms.md');
    const orders = await startServer(t, (request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(request.url?.startsWith('/v1/') ? '{"order_id":7,"order":{"lines":[]}}' : '{}');
    });
    const url = await serve(t, files, 'own-code.yaml', { ORDERS_URL: orders.url });
    await writeFile(
      join(folder, 'tsconfig.json'),
      '{ "extends": "../../../tsconfig.json", "include": ["prices.ts"], "exclude": [] }',
    );
    execFileSync('tsc', ['-p', folder], { stdio: 'pipe', encoding: 'utf8' });

    const [put] = requests;
    assert.ok(put);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url + put.path, { method: put.method, body: put.body, headers });
    assert.deepEqual(await answer.json(), { id: 7, items: [] });
    assert.equal(`${orders.requests[0]?.method} ${orders.requests[0]?.url}`, 'PUT /v1/order/7?expand=customer');
    assert.equal(orders.requests[0]?.body, put.text.replaceAll(/(?<=[{[:,]|^) | (?=[\]}])/g, ''));

    const priced = await fetch(`${url}/prices/usd`, { method: 'POST', body: '{"amount":1.5}', headers });
    assert.equal(priced.headers.get('vary'), 'x-tier');
    assert.deepEqual(
      [orders.requests[1]?.url, orders.requests[1]?.body],
      ['/prices/usd?currency=USD', '{"cents":150}'],
    );
    const refused = await fetch(`${url}/prices/usd`, { method: 'POST', body: '{}', headers });
    assert.equal(((await refused.json()) as { detail: string }).detail, '"amount" must be a number');
  });

  it('of aggregation do what the page says', async (t) => {
    const { files, requests } = await readPage('aggregation.md');
    const answers: Record<string, unknown> = {
      '/orders/7': { number: 1007, user_id: 3 },
      '/users/3': { name: 'Ada', id: 3 },
    };
    const shop = await startServer(t, (request, response) => {
      const body = answers[request.url ?? ''];
      response.writeHead(body === undefined ? 500 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? {}));
    });
    const own = new Map([
      ...files,
      [
        'graph.graphql',
        'type Query { product(id: ID!): Product } type Product { name: String reviews(first: Int!): [Review] } type Review { text: String }',
      ],
      [
        'graph.mjs',
        "const all = [{ text: 'Holds water' }, { text: 'Good' }]; export default { Query: { product: () => ({ name: 'Weir' }) }, Product: { reviews: (_, { first }) => all.slice(0, first) } };",
      ],
    ]);
    const url = await serve(t, own, 'document-route.yaml', { SHOP_URL: shop.url });
    for (const { path, json } of requests) {
      const answer = await fetch(url + path);
      assert.deepEqual(await answer.json(), json, path);
      assert.equal(answer.headers.get('x-gateway-partial'), path.startsWith('/order-page') ? 'parts="reviews"' : null);
    }
    assert.equal(requests.length, 2);
  });
});
