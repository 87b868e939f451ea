import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { formatConfigErrors } from '../../../src/config/config-error.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { checkRoutes } from '../../../src/proxy/check-routes.ts';
import { composeSupergraph } from '../../../src/supergraph/compose.ts';

const GATEWAY = `
upstreams: [orders.yaml]
routes:
  - name: orders-v2
    match: { path: "/v2/orders/{id}" }
    upstream: orders
    transform:
      function: own.mjs
      request:
        path: /v1/orders/{$path.id}
        query: { rename: { q: search } }
        headers: { set: { x-user: "{$context.identity.subject}" }, remove: [x-debug] }
        body: "order: { lines: $.items { sku: code count } total }"
      answers:
        - { on: [2xx], body: "id items: lines { code: sku } total" }
        - { on: [404], status: 410 }
    tests: [pairs.yaml]
`;
const OWN = 'export default { request(request) { request.headers.set("x-own", "1"); } };';

const GOOD = `
- name: An order of version 2 is one of version 1
  identity: { subject: ada }
  request:
    in:
      method: PUT
      path: /v2/orders/7?q=a%20b
      headers: { X-Debug: "1" }
      body: { items: [{ code: A, count: 2 }], total: 1.5, more: 1 }
    out:
      method: PUT
      path: /v1/orders/7?search=a%20b
      headers: { X-User: ada, x-debug: null, x-own: "1" }
      body: { order: { total: 1.5, lines: [{ count: 2, sku: A }] } }
  answer:
    in: { body: { id: 7, lines: [{ sku: A, x: 1 }], total: 1.5 } }
    out: { status: 200, body: { id: 7, items: [{ code: A }], total: 1.5 } }
- name: Numbers keep their digits
  request:
    in: { method: POST, path: /v2/orders/7, text: '{"total":12345678901234567890}' }
    out: { text: '{"order":{"total":12345678901234567890}}' }
  answer:
    in: { status: 404 }
    out: { status: 410, text: "" }
- name: Other bodies are refused
  request:
    in: { method: POST, path: /v2/orders/7, text: a=b, headers: { content-type: text/plain } }
    out: { error: UNSUPPORTED_MEDIA_TYPE }
`;

const BAD = `
- name: An order
  request:
    in:
      method: PUT
      path: /v2/orders/7
      body: { items: [{ code: A }] }
    out:
      method: POST
      headers: { x-own: null, x-none: "1" }
      body:
        order:
          lines:
            - sku: B
            - sku: C
  answer:
    in: { body: 1 }
    out: { body: { id: 7 } }
- name: Another path
  request:
    in: { path: /v1/orders/7 }
- name: No refusal
  request:
    in: { method: POST, path: /v2/orders/7, text: x, headers: { content-type: text/plain } }
    out: { body: 1 }
`;

async function writeFiles(t: TestContext, files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-pairs-'));
  t.after(() => rm(folder, { recursive: true }));
  const all = {
    'gateway.yaml': GATEWAY,
    'own.mjs': OWN,
    'orders.yaml': 'kind: http\nurl: http://localhost:1/\n',
    ...files,
  };
  for (const [name, text] of Object.entries(all)) await writeFile(join(folder, name), text);
  return folder;
}

async function check(folder: string): Promise<string> {
  const file = join(folder, 'gateway.yaml');
  const { config, errors } = await readConfig({ file, env: {} });
  assert.deepEqual(errors, undefined);
  return formatConfigErrors(await checkRoutes(config as NonNullable<typeof config>, undefined, file), folder);
}

describe('golden pairs', { timeout: 30_000 }, () => {
  it('that hold say nothing', async (t) => {
    assert.equal(await check(await writeFiles(t, { 'pairs.yaml': GOOD })), '');
  });

  it('that do not hold say where, and what it is instead', async (t) => {
    const text = await check(await writeFiles(t, { 'pairs.yaml': BAD }));
    assert.deepEqual(
      text.split('\n').filter((line) => line.startsWith('pairs.yaml')),
      [
        'pairs.yaml:9:15  Route "orders-v2", "An order": request.out.method must be "POST", and is "PUT"',
        'pairs.yaml:10:25  Route "orders-v2", "An order": request.out.headers.x-own must be absent, and is "1"',
        'pairs.yaml:10:39  Route "orders-v2", "An order": request.out.headers.x-none must be "1", and is absent',
        'pairs.yaml:14:20  Route "orders-v2", "An order": request.out.body.order.lines[0].sku must be "B", and is "A"',
        'pairs.yaml:15:15  Route "orders-v2", "An order": request.out.body.order.lines[1] must be {"sku":"C"}, and is absent',
        'pairs.yaml:18:18  Route "orders-v2", "An order": answer.out.body must be {"id":7}, and is 1',
        'pairs.yaml:21:17  Route "orders-v2", "Another path": request.in.path must be "/v2/orders/{id}", and is "/v1/orders/7"',
        'pairs.yaml:25:10  Route "orders-v2", "No refusal": request.out.error must be absent, and is "UNSUPPORTED_MEDIA_TYPE"',
      ],
    );
    assert.match(text, /Its mappings say: There is no "count" in object/);
  });

  it('that cannot be read say why', async (t) => {
    const unknown = await check(await writeFiles(t, { 'pairs.yaml': '- name: a\n  request: { in: { paht: / } }\n' }));
    assert.match(unknown, /^pairs\.yaml:2:14 {2}Missing key "path"/m);
    assert.match(unknown, /^pairs\.yaml:2:20 {2}Unknown key "paht" in \[0\]\.request\.in\n {4}Did you mean "path"\?/m);
    assert.match(
      await check(await writeFiles(t, { 'pairs.yaml': '{' })),
      /^pairs\.yaml:\d+:\d+ {2}Cannot parse the file/,
    );
  });

  it('are run by weir check, which loads functions and judges documents too', async (t) => {
    const folder = await writeFiles(t, { 'pairs.yaml': GOOD });
    const cli = join(import.meta.dirname, '../../../src/cli/weir.ts');
    const weir = () => promisify(execFile)(process.execPath, [cli, 'check'], { cwd: folder });
    assert.match((await weir()).stdout, /files are in order/);
    await writeFile(join(folder, 'pairs.yaml'), BAD);
    await assert.rejects(weir(), { code: 1, stderr: /^pairs\.yaml:9:15 {2}Route "orders-v2"/ });
    await writeFile(join(folder, 'own.mjs'), 'export default 1;');
    await assert.rejects(weir(), { code: 1, stderr: /^own\.mjs {2}Cannot load the function of route "orders-v2"/ });
    const documents = `
upstreams: [shop.yaml]
routes:
  - { name: a, match: { path: /a }, document: { file: a.graphql, variables: { idd: $query.id } } }
  - name: b
    match: { path: /b }
    document: 
      text: |
        {
          none
        }
  - { name: c, match: { path: /c }, document: { text: "mutation { change }" } }
`;
    await writeFile(join(folder, 'gateway.yaml'), documents);
    await writeFile(join(folder, 'shop.yaml'), 'kind: local\nschema: shop.graphql\nresolvers: shop.mjs\n');
    await writeFile(join(folder, 'shop.graphql'), 'type Query { one(id: ID): Int } type Mutation { change: Int }');
    await writeFile(
      join(folder, 'shop.mjs'),
      'export default { Query: { one: () => 1 }, Mutation: { change: () => 1 } };',
    );
    await writeFile(join(folder, 'a.graphql'), 'query ($id: ID) {\n  one(id: $id)\n  two\n}\n');
    const { stderr } = (await weir().catch((error: unknown) => error)) as { stderr: string };
    assert.deepEqual(
      stderr.split('\n').filter((line) => !line.startsWith(' ')),
      [
        'gateway.yaml:4:84  Route "a": The operation has no variable "$idd"',
        'a.graphql:3:3  Route "a": Cannot query field "two" on type "Query".',
        'gateway.yaml:10:3  Route "b": Cannot query field "none" on type "Query". Did you mean "one"?',
        'gateway.yaml:12:23  Route "c": A mutation must not be run by GET, which the route admits',
        '',
      ],
    );
    // A supergraph from elsewhere is what documents are judged by, whatever the upstreams here would compose to.
    const { sdl } = composeSupergraph([
      { name: 'shop', sdl: 'type Query { one(id: ID): Int two: Int none: Int }', url: 'http://localhost:1/' },
    ]) as { sdl: string };
    await writeFile(join(folder, 'supplied.graphql'), sdl);
    await writeFile(join(folder, 'gateway.yaml'), `supergraph: { source: supplied.graphql }${documents}`);
    const supplied = (await weir().catch((error: unknown) => error)) as { stderr: string };
    assert.deepEqual(
      supplied.stderr.split('\n').filter((line) => line.includes('Cannot query')),
      [],
    );
    assert.match(supplied.stderr, /Route "a": The operation has no variable "\$idd"/);
  });
});
