import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, it } from 'node:test';
import { ask, startCachedRoute, until, untilActive } from './cached-route.ts';

/** A service whose answers wait to be let go. */
function holding(headers: http.OutgoingHttpHeaders) {
  const held: http.ServerResponse[] = [];
  return {
    held,
    answer: (_: http.IncomingMessage, response: http.ServerResponse) => void held.push(response),
    letGo: (text: string) => {
      for (const response of held.splice(0)) response.writeHead(200, headers).end(text);
    },
  };
}

describe('requests for the same that come at the same time', { timeout: 30_000 }, () => {
  it('are one request to the upstream where the answer is for all', async (t) => {
    const { held, answer, letGo } = holding({ 'cache-control': 'max-age=60' });
    const { get, service, gateway } = await startCachedRoute(t, answer);
    const asked = Array.from({ length: 10 }, () => get('/a'));
    await untilActive(gateway, 10);
    assert.equal(held.length, 1);
    letGo('one');
    const answers = await Promise.all(asked);
    assert.deepEqual(new Set(answers.map(({ body }) => body)), new Set(['one']));
    assert.equal(service.requests.length, 1);
    const told = answers.map(({ headers }) => String(headers['cache-status']).replace(/; ttl=\d+/, ''));
    assert.equal(told.filter((status) => status === 'weir; fwd=uri-miss; stored').length, 1);
    assert.equal(told.filter((status) => status === 'weir; fwd=uri-miss; collapsed').length, 9);
  });

  it('wait for nobody where the answers are not for all, and the next do not wait at all', async (t) => {
    const { held, answer, letGo } = holding({ 'cache-control': 'private' });
    const { get, gateway } = await startCachedRoute(t, answer);
    const asked = Array.from({ length: 5 }, () => get('/a'));
    await untilActive(gateway, 5);
    assert.equal(held.length, 1);
    letGo('first');
    await until(() => held.length === 4);
    letGo('others');
    await Promise.all(asked);
    const next = Array.from({ length: 5 }, () => get('/a'));
    await until(() => held.length === 5);
    letGo('next');
    await Promise.all(next);
  });

  it('are let go as soon as the head says that the answer is not for all', async (t) => {
    const { get, service, gateway } = await startCachedRoute(t, (_, response) => {
      response.writeHead(200, { 'cache-control': 'private' }).write('begun');
      if (service.requests.length > 1) response.end();
    });
    const first = new AbortController();
    const hanging = fetch(`${gateway.url}/a`, { signal: first.signal }).then((response) => response.text());
    hanging.catch(() => {});
    await until(() => service.requests.length === 1);
    assert.equal((await get('/a')).body, 'begun');
    first.abort();
    await assert.rejects(hanging);
  });

  it('do not wait for one that is known, nor a known one for them', async (t) => {
    const { held, answer, letGo } = holding({ 'cache-control': 'max-age=60' });
    const { get } = await startCachedRoute(t, answer);
    const asked = [get('/a'), get('/a', { authorization: 'Basic a' })];
    await until(() => held.length === 2);
    letGo('each');
    await Promise.all(asked);
  });

  it('get the answer though the client has gone that it was asked for', async (t) => {
    const { held, answer, letGo } = holding({ 'cache-control': 'max-age=60' });
    const { get, gateway, service } = await startCachedRoute(t, answer);
    const first = http.get(`${gateway.url}/a`, { agent: false }).on('error', () => {});
    await until(() => held.length === 1);
    const asked = [get('/a'), get('/a')];
    await untilActive(gateway, 3);
    first.destroy();
    await untilActive(gateway, 2);
    letGo('for the others');
    assert.deepEqual(
      (await Promise.all(asked)).map(({ body }) => body),
      ['for the others', 'for the others'],
    );
    assert.equal(service.requests.length, 1);
  });

  it('end the request to the upstream where nobody wants its answer any more', async (t) => {
    const { held, answer } = holding({ 'cache-control': 'max-age=60' });
    const { gateway } = await startCachedRoute(t, answer);
    const first = http.get(`${gateway.url}/a`, { agent: false }).on('error', () => {});
    await until(() => held.length === 1);
    first.destroy();
    await until(() => held[0]?.destroyed === true);
  });

  it('are asked for again where the first one fails', async (t) => {
    const { get, service, gateway } = await startCachedRoute(t, (_, response) => {
      if (service.requests.length === 1) void untilActive(gateway, 3).then(() => response.destroy());
      else response.writeHead(200, { 'cache-control': 'max-age=60' }).end('second');
    });
    const answers = await Promise.all([get('/a'), get('/a'), get('/a')]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 503]);
    assert.equal(service.requests.length, 2);
  });

  it('get together what stands in where the first one fails', async (t) => {
    const { get, service, gateway } = await startCachedRoute(t, (_, response) => {
      const headers = { 'cache-control': 'max-age=10, stale-if-error=60', age: '20' };
      if (service.requests.length === 1) response.writeHead(200, headers).end('kept');
      else void untilActive(gateway, 5).then(() => response.writeHead(503).end());
    });
    await get('/a');
    const answers = await Promise.all(Array.from({ length: 5 }, () => get('/a')));
    assert.deepEqual(new Set(answers.map(({ body }) => body)), new Set(['kept']));
    assert.equal(service.requests.length, 2);
  });

  it('wait no longer than half of the time that they have', async (t) => {
    const { held, answer, letGo } = holding({ 'cache-control': 'max-age=60' });
    const { get } = await startCachedRoute(t, answer, { route: { timeout: '400ms' } });
    const first = get('/a');
    await until(() => held.length === 1);
    const second = get('/a');
    await until(() => held.length === 2);
    letGo('both');
    assert.equal((await second).status, 200);
    await first;
  });

  it('get what a slow reader has not read yet', async (t) => {
    const size = 512 * 1024;
    const { get, gateway, service } = await startCachedRoute(t, (_, response) => {
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end(Buffer.alloc(size, 'x'));
    });
    const slow = http.get(`${gateway.url}/a`, { agent: false });
    const response = await new Promise<http.IncomingMessage>((resolve) => slow.on('response', resolve));
    response.pause();
    const other = await get('/a');
    assert.equal(other.body.length, size);
    assert.equal(service.requests.length, 1);
    let read = 0;
    for await (const chunk of response) read += (chunk as Buffer).length;
    assert.equal(read, size);
  });

  it('bring nothing old back after a write', async (t) => {
    const held: http.ServerResponse[] = [];
    const { get, gateway } = await startCachedRoute(t, (request, response) => {
      if (request.method === 'PUT') response.end();
      else if (held.length === 0) held.push(response);
      else response.writeHead(200, { 'cache-control': 'max-age=60' }).end('new');
    });
    const first = get('/a');
    await until(() => held.length === 1);
    await ask(`${gateway.url}/a`, { method: 'PUT' });
    held[0]?.writeHead(200, { 'cache-control': 'max-age=60' }).end('old');
    assert.equal((await first).body, 'old');
    assert.equal((await get('/a')).body, 'new');
  });
});
