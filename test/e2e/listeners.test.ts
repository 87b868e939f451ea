import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'graphql';
import { buildExecutableSchema } from '../../examples/services/executable-schema.ts';
import { serveGraphql } from '../../examples/services/graphql-service.ts';
import { createGateway, type Gateway, readConfig } from '../../src/index.ts';
import { Certificates } from '../transport/certificates.ts';

const SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@authenticated"])
  type Query { hello: String, secret: String @authenticated }`;
const CURL = '/usr/bin/curl';
const run = promisify(execFile);

describe('a gateway with several listeners', { timeout: 60_000 }, () => {
  it('keeps its own pages for the listener of administrators, and everything else from it', async (t) => {
    const { gateway } = await start(t);
    const [web, admin] = ['web', 'admin'].map((name) => urlOf(gateway, name)) as [string, string];
    for (const path of ['/livez', '/readyz', '/metrics']) {
      assert.equal((await fetch(admin + path)).status, 200, path);
      assert.equal((await ask(web, path)).status, 404, path);
    }
    assert.equal((await fetch(`${admin}/graphql?query={hello}`)).status, 404);
    assert.deepEqual(JSON.parse((await ask(web, '/graphql?query={hello}')).body), { data: { hello: 'world' } });
  });

  it('believes a client certificate, and tells browsers to stay with TLS', async (t) => {
    const { gateway, certificates } = await start(t);
    const identity = { cert: certificates.path('orders.pem'), key: certificates.path('orders.key') };
    const url = urlOf(gateway, 'web');
    const path = '/graphql?query={secret}';
    const known = await ask(url, path, identity);
    assert.deepEqual(JSON.parse(known.body), { data: { secret: 'swordfish' } });
    assert.equal(known.headers['strict-transport-security'], 'max-age=31536000');
    assert.match((await ask(url, path)).body, /"code":"UNAUTHENTICATED"/);
    const overUnix = await askUnix(join(certificates.folder, 'weir.sock'), '/graphql?query={hello}');
    assert.deepEqual(JSON.parse(overUnix.body), { data: { hello: 'world' } });
    assert.equal(overUnix.headers['strict-transport-security'], undefined);
  });

  it('answers curl by HTTP/2', { skip: existsSync(CURL) ? false : `there is no ${CURL}` }, async (t) => {
    const { gateway, certificates } = await start(t);
    const { port } = new URL(urlOf(gateway, 'web'));
    const { stdout } = await run(CURL, [
      ...['--silent', '--http2', '--max-time', '20', '--write-out', ' %{http_version} %{http_code}'],
      ...['--cacert', certificates.path('ca.pem'), '--resolve', `shop.test:${port}:127.0.0.1`],
      ...['--json', '{"query":"{ hello }"}', `https://shop.test:${port}/graphql`],
    ]);
    assert.equal(stdout, '{"data":{"hello":"world"}} 2 200');
  });

  it('streams a long answer and a long body by HTTP/2 beside others, and outlives clients that reset', async (t) => {
    const { gateway, certificates } = await start(t);
    const session = connectTo(t, urlOf(gateway, 'web'), certificates);
    for (let at = 0; at < 50; at += 1) {
      const stream = session.request({ ':path': '/graphql?query={hello}' });
      stream.on('error', () => undefined);
      setImmediate(() => stream.close(8));
    }
    const padding = ' '.repeat(300_000);
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const stream = session.request({ ':path': '/graphql', ':method': 'POST', 'content-type': 'application/json' });
        stream.end(JSON.stringify({ query: `{ hello ${padding} }` }));
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        await once(stream, 'end');
        return Buffer.concat(chunks).toString();
      }),
    );
    assert.deepEqual(new Set(answers), new Set(['{"data":{"hello":"world"}}']));
  });
});

async function start(t: TestContext): Promise<{ gateway: Gateway; certificates: Certificates }> {
  const certificates = new Certificates(t);
  certificates.issue('web', 'DNS:shop.test');
  certificates.issue('orders', 'URI:spiffe://shop/orders');
  const resolvers = { Query: { hello: () => 'world', secret: () => 'swordfish' } };
  const service = await serveGraphql(buildExecutableSchema(parse(SDL), resolvers), {});
  const folder = await mkdtemp(join(tmpdir(), 'weir-listeners-'));
  await writeFile(join(folder, 'greeting.graphql'), SDL);
  await writeFile(
    join(folder, 'greeting.json'),
    JSON.stringify({ kind: 'graphql', url: service.url, schema: 'greeting.graphql', federation: true }),
  );
  const main = {
    server: {
      shutdown_grace: '1s',
      listeners: [
        {
          name: 'web',
          port: 0,
          tls: {
            cert: certificates.path('web.pem'),
            key: certificates.path('web.key'),
            client_certificates: 'request',
            client_ca: certificates.path('ca.pem'),
          },
        },
        { name: 'local', unix: join(certificates.folder, 'weir.sock') },
        { name: 'admin', purpose: 'admin', port: 0 },
      ],
    },
    upstreams: ['greeting.json'],
    auth: { mtls: {} },
    browsers: { security_headers: { 'strict-transport-security': 'max-age=31536000' } },
  };
  await writeFile(join(folder, 'gateway.json'), JSON.stringify(main));
  const { config, errors } = await readConfig({ file: join(folder, 'gateway.json'), env: {} });
  if (config === undefined) throw new Error(JSON.stringify(errors));
  const gateway = await createGateway(config, { logDestination: { write: () => undefined } });
  t.after(async () => {
    await gateway.close();
    await service.close(0);
    await rm(folder, { recursive: true, force: true });
  });
  await gateway.listen();
  return { gateway, certificates };
}

function urlOf(gateway: Gateway, name: string): string {
  return gateway.addresses().find(({ listener }) => listener === name)?.url as string;
}

function connectTo(t: TestContext, url: string, certificates: Certificates) {
  const session = connect(url, { ca: readFileSync(certificates.path('ca.pem')), servername: 'shop.test' });
  t.after(() => session.destroy());
  return session;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** By HTTP/2, with a client certificate where there is one. */
async function ask(url: string, path: string, identity?: { cert: string; key: string }): Promise<Answer> {
  const own = identity && { cert: readFileSync(identity.cert), key: readFileSync(identity.key) };
  const session = connect(url, { rejectUnauthorized: false, servername: 'shop.test', ...own });
  try {
    const stream = session.request({ ':path': path });
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    let body = '';
    for await (const chunk of stream) body += chunk;
    return { status: Number(headers[':status']), headers, body };
  } finally {
    session.close();
  }
}

function askUnix(socketPath: string, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = requestHttp({ socketPath, path, agent: false }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    outgoing.on('error', reject).end();
  });
}
