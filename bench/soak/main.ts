/**
 * `npm run bench -- soak [--requests N] [--reloads N] [--engine NAME]`: the whole gateway over HTTP, with fast services in a worker,
 * under a mix of requests and reloads to a new supergraph. Prints memory after forced collections; fails where an answer is not the
 * expected one, or where the heap surely rises over the second half by more than `--rise` MiB.
 */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Pool } from 'undici';
import { createGateway, readConfig } from '../../src/index.ts';
import { type MemorySample, type Rise, riseOf, sampleMemory } from './memory.ts';
import { requestOf } from './requests.ts';
import { schemasOf } from './schemas.ts';

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    requests: { type: 'string', default: '1000000' },
    reloads: { type: 'string', default: '200' },
    samples: { type: 'string', default: '40' },
    connections: { type: 'string', default: '32' },
    engine: { type: 'string', default: 'auto' },
    rise: { type: 'string', default: '3' },
  },
});
const requests = Number(values.requests);
const reloads = Number(values.reloads);
const sampleCount = Number(values.samples);
const MIB = 1024 * 1024;

const folder = await mkdtemp(join(tmpdir(), 'weir-soak-'));
const services = new Worker(new URL('./services.ts', import.meta.url));
const [port] = (await once(services, 'message')) as [number];

async function readRound(round: number) {
  for (const [name, sdl] of Object.entries(schemasOf(round))) {
    await writeFile(join(folder, `${name}.graphql`), sdl);
    const url = `http://127.0.0.1:${port}/${name}`;
    await writeFile(join(folder, `${name}.yaml`), `{ kind: graphql, url: "${url}", schema: ${name}.graphql }`);
  }
  const main = `{ server: { port: 0 }, upstreams: [products.yaml, reviews.yaml], telemetry: { log_level: warn }, graphql: { engine: ${values.engine} } }`;
  await writeFile(join(folder, 'gateway.yaml'), main);
  const { config, errors } = await readConfig({ file: join(folder, 'gateway.yaml'), env: {} });
  if (config === undefined) throw new Error(JSON.stringify(errors));
  return config;
}

const gateway = await createGateway(await readRound(0), { logDestination: { write: noteLog } });
const client = new Pool(await gateway.listen(), { connections: Number(values.connections) });
const HEADERS = { 'content-type': 'application/json', accept: 'application/json' };
/** What was logged; failures that the mix has on purpose are logged too. */
const logged = new Map<string, number>();

function noteLog(line: string): void {
  const { msg } = JSON.parse(line) as { msg: string };
  logged.set(msg, (logged.get(msg) ?? 0) + 1);
}

async function send(n: number): Promise<void> {
  const { body, expected } = requestOf(n);
  const controller = new AbortController();
  const sent = client.request({ method: 'POST', path: '/graphql', headers: HEADERS, body, signal: controller.signal });
  if (expected === undefined) {
    setImmediate(() => controller.abort());
    await sent.then(
      (answer) => answer.body.dump().catch(() => {}),
      () => {},
    );
    return;
  }
  const text = await (await sent).body.text();
  const isExpected = typeof expected === 'string' ? text === expected : expected.test(text);
  if (!isExpected) throw new Error(`Request ${n} got an answer that is not the expected one:\n${body}\n${text}`);
}

/** Sends the requests of the range, as many at a time as there are connections. */
async function sendRange(from: number, to: number): Promise<void> {
  let next = from;
  const lane = async (): Promise<void> => {
    while (next < to) {
      const n = next;
      next += 1;
      await send(n);
    }
  };
  await Promise.all(Array.from({ length: Number(values.connections) }, lane));
}

let reloaded = 0;
async function reloadUpTo(count: number): Promise<void> {
  for (; reloaded < count; reloaded++) {
    const problem = await gateway.reload(await readRound(reloaded + 1));
    if (problem !== undefined) throw new Error(`A reload was refused: ${problem}`);
  }
}

const samples: MemorySample[] = [];
const mib = (bytes: number): string => (bytes / MIB).toFixed(1).padStart(8);
console.log('requests  reloads  heap MiB  external  resident   per second');
try {
  // Reloads are spread over the requests: at each sample the caches are as old as at the one before.
  const steps = sampleCount * Math.max(1, Math.ceil(reloads / sampleCount));
  let startMs = performance.now();
  let sampledAt = 0;
  for (let step = 1; step <= steps; step++) {
    const [from, to] = [step - 1, step].map((part) => Math.round((part * requests) / steps)) as [number, number];
    await Promise.all([sendRange(from, to), reloadUpTo(Math.round((step * reloads) / steps))]);
    if (step % (steps / sampleCount) !== 0) continue;
    const perSecond = ((to - sampledAt) / (performance.now() - startMs)) * 1000;
    const sample = await sampleMemory();
    samples.push(sample);
    const counts = `${String(to).padStart(8)} ${String(reloaded).padStart(8)}`;
    const bytes = `${mib(sample.heap)} ${mib(sample.external)} ${mib(sample.resident)}`;
    console.log(`${counts} ${bytes} ${perSecond.toFixed(0).padStart(10)}`);
    sampledAt = to;
    startMs = performance.now();
  }
} finally {
  await client.close();
  await gateway.close();
  await services.terminate();
  await rm(folder, { recursive: true, force: true });
}

console.log(`logged: ${[...logged].map(([message, count]) => `${message} × ${count}`).join(', ') || 'nothing'}`);
// The first half fills caches.
const settled = samples.slice(-Math.max(3, Math.ceil(samples.length / 2)));
const rise = riseOf(settled.map(({ heap, external }) => heap + external));
const residentRise = riseOf(settled.map(({ resident }) => resident));
const write = ({ by, error }: Rise) => `${(by / MIB).toFixed(2)} ± ${(error / MIB).toFixed(2)} MiB`;
console.log(`rise over the second half: ${write(rise)}, resident ${write(residentRise)}`);
if (rise.by - 2 * rise.error > Number(values.rise) * MIB) {
  console.error(`Memory is not flat: it may rise by ${values.rise} MiB over the second half`);
  process.exitCode = 1;
}
