import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { renderProductPage } from '../../examples/client/product-page.ts';
import { postGraphql } from './post-graphql.ts';

const START = fileURLToPath(new URL('../../examples/start.ts', import.meta.url));
const PARTS = ['', 'ACCOUNTS_', 'CATALOG_', 'INVENTORY_', 'REVIEWS_', 'ORDERS_', 'ISSUER_'];
const ANY_PORTS = Object.fromEntries(PARTS.map((part) => [`${part}PORT`, '0']));

describe('npm start', () => {
  let child: ChildProcess;
  let output = '';
  let curl = { url: '', token: '', query: '' };
  before(async () => {
    child = spawn(process.execPath, [START], {
      env: { ...process.env, ...ANY_PORTS },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr?.on('data', (chunk) => {
      output += chunk;
    });
    for await (const chunk of child.stdout ?? []) {
      output += chunk;
      const found = /^curl -s (\S+).*'authorization: Bearer (\S+)' -d '(.*)'$/m.exec(output);
      if (found === null) continue;
      const [, url = '', token = '', body = '{}'] = found;
      curl = { url, token, query: JSON.parse(body).query };
      break;
    }
    assert.notEqual(curl.url, '', `it ended before the shop was open:\n${output}`);
  });
  after(() => child.kill('SIGKILL'));

  it('prints a curl line whose answer crosses all five services and local code', async () => {
    const { url, query, token } = curl;
    assert.deepEqual(await postGraphql(url, query, {}, token), {
      data: {
        me: {
          fullName: 'Ada Lovelace',
          orders: [
            {
              items: [
                { product: { name: 'Tiny Screw', averageRating: 1.4, availability: { available: 0 } } },
                { product: { name: 'Go Board', averageRating: null, availability: { available: 131 } } },
              ],
            },
          ],
        },
      },
    });
  });

  it('serves GraphiQL where it says', async () => {
    const response = await fetch(curl.url, { headers: { accept: 'text/html' } });
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    await response.body?.cancel();
  });

  it('serves the typed client', async () => {
    assert.match(
      await renderProductPage(curl.url, 'p3'),
      /^Studio Monitor 5″: 35\.24 EUR\n115 available\n2\.4 of 5\n★/,
    );
  });

  it('stops everything on Ctrl-C', async () => {
    const exit = once(child, 'exit');
    child.kill('SIGINT');
    assert.deepEqual(await exit, [0, null], output);
    await assert.rejects(fetch(curl.url));
  });
});
