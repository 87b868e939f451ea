import assert from 'node:assert/strict';
import { type IncomingHttpHeaders, request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { AUDIENCE, ISSUER, type Issuer, startIssuer } from '../../../examples/services/issuer.ts';
import { FROM_STRANGERS, IDENTITY_COPIES } from '../../edge/spoofing-corpus.ts';
import { type EdgeGateway, startEdgeGateway } from './edge-gateway.ts';
import { type RecordingServices, startRecordingServices } from './recording-services.ts';

/** Forms that only a message on the wire can have: field lines that repeat, in any order and case. */
const FIELD_LINES: readonly (readonly string[])[] = [
  ['X-User-Id', 'root', 'X-User-Id', 'root'],
  ['x-user-id', 'root', 'X-USER-ID', 'admin', 'x_user_id', 'root'],
  ['X-Scopes', 'admin', 'Connection', 'X-Scopes', 'x-scopes', 'all'],
  ['Connection', 'keep-alive', 'Connection', 'X-User-Id', 'X-User-Id', 'root'],
  ['Connection', 'X-User-Id, X-Address, X-Kind, X-Scopes'],
  ['Connection', 'X-Request-Id'],
  ['Connection', 'traceparent, x-request-id'],
  ['X-Forwarded-For', '127.0.0.1', 'X-Forwarded-For', '10.0.0.1'],
  ['X-Address', '127.0.0.1', 'X-Forwarded-For', '127.0.0.1', 'Forwarded', 'for=127.0.0.1'],
  ['x_address', '10.0.0.1', 'x.address', '10.0.0.1', 'X-ADDRESS', '10.0.0.1'],
  ['Forwarded', 'for=10.0.0.1', 'Forwarded', 'for=10.0.0.2;proto=https;host=evil'],
  ['X-Forwarded-Host', 'evil.example', 'X-Forwarded-Proto', 'https', 'X-Forwarded-Port', '443'],
];

/** The names under which the gateway tells upstreams of the client, and any spelling of them. */
const TOLD = ['x-user-id', 'x-scopes', 'x-roles', 'x-tenant', 'x-weir-identity', 'x-address'];
const fold = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '-');

describe('what a client says of itself changes nothing for upstreams', { timeout: 120_000 }, () => {
  let services: RecordingServices;
  let issuer: Issuer;
  let gateway: EdgeGateway;
  let token: string;
  before(async () => {
    services = await startRecordingServices();
    issuer = await startIssuer();
    token = await issuer.issueToken({ subject: 'u1', roles: ['customer'], scopes: ['read'] });
    const jwt = { issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwksUrl, algorithms: ['ES256'] };
    const headers = {
      'X-User-ID': 'subject',
      'X-Scopes': 'scopes',
      'X-Roles': 'roles',
      'X-Tenant': 'claim:tenant',
      'X-Weir-Identity': 'kind',
      'X-Address': 'client_address',
    };
    gateway = await startEdgeGateway(services, {
      main: { auth: { jwt, forward: { headers } } },
      // The widest rule that there is: everything that the client sends.
      upstream: { headers: { forward: [{ matching: '.*' }] } },
    });
  });
  after(async () => {
    await gateway?.close();
    await services.close();
    await issuer.close(0);
  });

  /** Sends field lines as they are. */
  function send(lines: readonly string[]): Promise<number> {
    const body = JSON.stringify({ query: '{ hello stock(id: "1") }' });
    const { hostname, port } = new URL(gateway.origin);
    const fixed = [
      'Host',
      `${hostname}:${port}`,
      'Content-Type',
      'application/json',
      'Content-Length',
      String(body.length),
    ];
    return new Promise((resolve, reject) => {
      const options = { hostname, port, path: '/graphql', method: 'POST', agent: false, headers: [...fixed, ...lines] };
      const message = request(options, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
      });
      message.on('error', reject).end(body);
    });
  }

  /** What upstreams are told of the client, by name in any spelling. */
  function told(headers: IncomingHttpHeaders): Record<string, unknown> {
    return Object.fromEntries(Object.entries(headers).filter(([name]) => TOLD.includes(fold(name))));
  }

  const SIGNED_IN = {
    'x-user-id': 'u1',
    'x-scopes': 'read',
    'x-roles': 'customer',
    'x-weir-identity': 'jwt',
    'x-address': '127.0.0.1',
  };
  const ANONYMOUS = { 'x-address': '127.0.0.1' };

  const isSendable = (name: string) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
  const attempts = [
    ...[...FROM_STRANGERS, ...IDENTITY_COPIES]
      .filter((headers) => Object.keys(headers).every(isSendable))
      .map((headers) => Object.entries(headers).flat()),
    ...FIELD_LINES,
  ];

  it('has a corpus of at least 60', () => assert.ok(attempts.length >= 60, String(attempts.length)));

  for (const lines of attempts) {
    it(JSON.stringify(lines).slice(0, 100), async () => {
      for (const [credential, expected] of [
        [[], ANONYMOUS],
        [['Authorization', `Bearer ${token}`], SIGNED_IN],
      ] as const) {
        services.reset();
        assert.equal(await send([...lines, ...credential]), 200);
        assert.equal(services.received.length, 2);
        for (const [index, headers] of services.received.entries()) {
          assert.deepEqual(told(headers), expected);
          assert.match(String(headers['x-request-id']), /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
          for (const name of ['client-cert', 'client-cert-chain', 'x-forwarded-client-cert'])
            assert.equal(headers[name], undefined);
          const names = services.rawNames[index]?.map(fold) ?? [];
          const repeated = names.filter((name, at) => TOLD.includes(name) && names.indexOf(name) !== at);
          assert.deepEqual(repeated, [], 'each is said once');
          assert.ok(!(headers.connection ?? '').split(',').some((option) => TOLD.includes(fold(option.trim()))));
        }
      }
    });
  }
});
