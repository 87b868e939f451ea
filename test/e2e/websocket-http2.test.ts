import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { startRouteGateway } from '../proxy/route-gateway.ts';
import { startWebsocketService } from '../proxy/websocket-service.ts';
import { Certificates } from '../transport/certificates.ts';
import { startServer } from '../transport/recording-server.ts';
import { launchBrowser, skipWithoutBrowser } from './browser.ts';

describe('a browser', { skip: skipWithoutBrowser, timeout: 90_000 }, () => {
  it('opens WebSockets over the HTTP/2 connection of its page, and is told how they end', async (t) => {
    const { service, url, gateway } = await start(t);
    const browser = await launchBrowser();
    t.after(() => browser.close());
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(`${url}/page`);
    const protocol = await page.evaluate(() => {
      const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
      return navigation?.nextHopProtocol;
    });
    assert.equal(protocol, 'h2');
    const answer = await page.evaluate(async () => {
      const socket = new WebSocket(`wss://${location.host}/feed`, ['chat']);
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = () => reject(new Error('Not opened'));
      });
      const echoes: number[] = [];
      for (const size of [5, 60_000]) {
        socket.send('x'.repeat(size));
        echoes.push(await new Promise((resolve) => (socket.onmessage = ({ data }) => resolve(data.length))));
      }
      socket.close(4000);
      const code = await new Promise((resolve) => (socket.onclose = (event) => resolve(event.code)));
      return { echoes, protocol: socket.protocol, code };
    });
    assert.deepEqual(answer, { echoes: [5, 60_000], protocol: 'chat', code: 4000 });
    // HTTP/2 is what `Via` says of the way that the request came.
    assert.match(String(service.requests[0]?.headers.via), /^2\.0 /);
    assert.equal(service.requests[0]?.headers['sec-websocket-protocol'], 'chat');

    const closed = page.evaluate(async () => {
      const socket = new WebSocket(`wss://${location.host}/feed`);
      await new Promise((resolve) => (socket.onopen = resolve));
      document.title = 'open';
      return await new Promise((resolve) => (socket.onclose = (event) => resolve(event.code)));
    });
    await page.waitForFunction(() => document.title === 'open');
    await gateway.gateway.close();
    assert.equal(await closed, 1001);
  });

  it('is refused a WebSocket of a page of another site', async (t) => {
    const { service, url } = await start(t);
    const browser = await launchBrowser();
    t.after(() => browser.close());
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(`${url.replace('127.0.0.1', 'localhost')}/page`);
    const outcome = await page.evaluate(
      (target) =>
        new Promise((resolve) => {
          const socket = new WebSocket(target);
          socket.onopen = () => resolve('opened');
          socket.onerror = () => resolve('refused');
        }),
      `${url.replace('https', 'wss')}/feed`,
    );
    assert.equal(outcome, 'refused');
    assert.equal(service.requests.length, 0);
  });
});

async function start(t: TestContext) {
  const certificates = new Certificates(t);
  certificates.issue('web', 'DNS:localhost,IP:127.0.0.1');
  const service = await startWebsocketService(t);
  const pages = await startServer(t, (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<title>page</title>'),
  );
  const tls = { cert: certificates.path('web.pem'), key: certificates.path('web.key') };
  const gateway = await startRouteGateway(t, {
    routes: [
      { name: 'feed', match: { path: '/feed' }, upstream: 'feed', websocket: {} },
      { name: 'page', match: { path: '/**' }, upstream: 'pages' },
    ],
    upstreams: { feed: service.url, pages: pages.url },
    sections: { server: { listeners: [{ name: 'web', port: 0, tls }] } },
  });
  return { service, gateway, url: gateway.url };
}
