/**
 * `npm run bench -- proxy [--seconds N] [--repeats N] [--warm-up N] [--orders N] [--only NAME]`: each proxy on core 1, load and origin on
 * core 0.
 * They are asked in turn, while the others are stopped. First as much as each bears (closed loop, wrk), then half of that at random
 * times (open loop), beside the origin itself at the same rate: the difference is what the proxy adds. All this once each has
 * borne full load for `--warm-up` seconds, 20 by default: so long does V8 compile what runs often. What a request costs
 * meanwhile is printed too. Each run has a second of the same load before it, and each round begins with another proxy.
 *
 * All requests are the same, as of one client; with `--orders`, up to 20, their fields come in so many orders, as of many clients behind
 * one balancer. That is for the closed loop: the open one has only the same request.
 *
 * At half of what it bears, a proxy that waits a millisecond for its core has dozens of requests to catch up with: where the rest of
 * the machine takes 1 % of the time, it alone makes the 99th percentile. So each server runs first on its core then, and cores do not
 * sleep, where that is allowed (root). Time in which the load itself had no core is not counted, but printed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../harness/free-port.ts';
import { keepAwake } from '../harness/keep-awake.ts';
import { type PinnedProcess, startPinned } from '../harness/pinned-process.ts';
import { CONTENDERS } from './contenders.ts';
import { putFullLoad } from './full-load.ts';
import { hasCommand } from './has-command.ts';
import { ORIGIN_BODY, Origin, PATH } from './origin.ts';
import { type AddedSample, printAdded, printFull, type Sample } from './print.ts';

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    seconds: { type: 'string', default: '5' },
    repeats: { type: 'string', default: '5' },
    'warm-up': { type: 'string', default: '20' },
    connections: { type: 'string', default: '50' },
    orders: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
  },
});
const LOAD_CORE = 0;
const PROXY_CORE = 1;
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const orders = Number(values.orders);

for (const program of ['wrk', 'cc']) {
  if (hasCommand(program)) continue;
  console.log(`Cannot measure: "${program}" is not installed`);
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), 'weir-bench-proxy-'));
const proxies = new Map<string, PinnedProcess>();
let origin: Origin | undefined;
let letSleep: (() => void) | undefined;

const answersRight = async (url: string) => {
  const answer = await fetch(url);
  return answer.status === 200 && (await answer.text()) === ORIGIN_BODY;
};

async function startAll(originPort: number): Promise<void> {
  for (const { name, missing, command } of CONTENDERS) {
    if (values.only !== undefined && !values.only.some((part) => name.includes(part))) continue;
    if (missing !== undefined) {
      console.log(`Left out: ${name}, since ${missing}`);
      continue;
    }
    const port = await freePort();
    const url = `http://127.0.0.1:${port}${PATH}`;
    const started = { ...command(folder, originPort, port), core: PROXY_CORE, url, probe: () => answersRight(url) };
    const server = await startPinned(started);
    proxies.set(name, server);
    server.pause();
  }
}

/** A core that has rested is slow for a while: nobody is measured on one. */
const LEAD_IN_SECONDS = 1;

/** Idle processes have things to do as well, collect garbage above all: all others are stopped meanwhile. */
async function alone<T>(server: PinnedProcess, measure: () => Promise<T>): Promise<T> {
  server.resume();
  try {
    return await measure();
  } finally {
    server.pause();
  }
}

async function measureFull(name: string, server: PinnedProcess, forSeconds = seconds): Promise<Sample> {
  await putFullLoad({ url: server.url, connections, seconds: LEAD_IN_SECONDS, orders }, LOAD_CORE);
  const before = server.cpuMs();
  const load = { url: server.url, connections, seconds: forSeconds, orders };
  const result = await putFullLoad(load, LOAD_CORE);
  return { name, ...result, cpuUs: ((server.cpuMs() - before) * 1_000) / result.requests };
}

async function measureAdded(
  name: string,
  server: PinnedProcess,
  ratePerSecond: number,
  origin: Origin,
): Promise<AddedSample> {
  const load = { connections, ratePerSecond, seconds };
  const direct = await origin.put({ ...load, url: origin.url });
  await origin.put({ ...load, url: server.url, seconds: LEAD_IN_SECONDS });
  const before = server.cpuMs();
  const through = await origin.put({ ...load, url: server.url });
  return {
    name,
    ...through,
    wrong: through.wrong + direct.wrong,
    stalls: through.stalls + direct.stalls,
    p50Ms: through.p50Ms - direct.p50Ms,
    p99Ms: through.p99Ms - direct.p99Ms,
    overallP99Ms: through.overallP99Ms - direct.overallP99Ms,
    cpuUs: ((server.cpuMs() - before) * 1_000) / (ratePerSecond * seconds),
  };
}

/** Each round begins with another, so that nobody always follows the same. */
function inTurn<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

try {
  const originPort = await freePort();
  const service = Origin.start(folder, originPort, LOAD_CORE);
  origin = service;
  await startAll(originPort);
  const warming = new Map<string, number>();
  for (const [name, server] of proxies) {
    const sample = await alone(server, () => measureFull(name, server, Number(values['warm-up'])));
    warming.set(name, sample.cpuUs);
  }
  const repeats = Array.from({ length: Number(values.repeats) });
  const full: Sample[] = [];
  for (const [round] of repeats.entries()) {
    full.push({
      name: 'none (direct)',
      ...(await putFullLoad({ url: service.url, connections, seconds, orders }, LOAD_CORE)),
      cpuUs: 0,
    });
    for (const [name, server] of inTurn([...proxies], round))
      full.push(await alone(server, () => measureFull(name, server)));
  }
  const medians = printFull(full, warming);
  const areFirst = [...proxies.values()].map((server) => server.runFirst());
  if (areFirst.includes(false))
    console.log('Not allowed to run first on a core: waits for other processes count as added');
  letSleep = keepAwake();
  if (letSleep === undefined) console.log('Not allowed to keep cores awake: what it takes to wake one counts as added');
  const added: AddedSample[] = [];
  for (const [round] of repeats.entries()) {
    for (const [name, server] of inTurn([...proxies], round)) {
      const rate = (medians.get(name) as number) / 2;
      added.push(await alone(server, () => measureAdded(name, server, rate, service)));
    }
  }
  printAdded(added);
} finally {
  letSleep?.();
  for (const each of proxies.values()) await each.stop();
  await origin?.stop();
  rmSync(folder, { recursive: true, force: true });
}
