/** A worker: both subgraphs as one HTTP server that answers from texts; posts its port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';
import { ALIASES, PRODUCTS } from './requests.ts';

const product = (id: string): string => `{"__typename":"Product","id":"${id}","name":"Thing","price":7}`;
const LIST = `{"data":{"products":[${Array.from({ length: PRODUCTS }, (_, at) => product(String(at)))}]}}`;
const ALIASED = `{"data":{${Array.from({ length: ALIASES }, (_, at) => `"a${at}":${product(String(at))}`)}}}`;
const ENTITY = '{"__typename":"Product","reviews":[{"id":"r","body":"Good"}]}';
const BROKEN = '{"data":{"broken":null},"errors":[{"message":"It is broken","path":["broken"]}]}';

function answer(path: string, body: string): string {
  const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
  if (path.startsWith('/reviews')) {
    const { representations } = variables as { representations: unknown[] };
    return `{"data":{"_entities":[${representations.map(() => ENTITY)}]}}`;
  }
  if (query.includes('broken')) return BROKEN;
  if (query.includes('a0:')) return ALIASED;
  return query.includes('products') ? LIST : `{"data":{"product":${product(String(variables?.id))}}}`;
}

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (part: string) => {
    body += part;
  });
  request.on('end', () => response.setHeader('content-type', 'application/json').end(answer(request.url ?? '', body)));
});
server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
