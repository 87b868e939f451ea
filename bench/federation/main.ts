/**
 * `npm run bench -- federation [--seconds N] [--repeats N] [--only NAME]`: each gateway alone on core 1; load and
 * subgraphs on core 0. Every answer is compared with the first gateway's first one.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { measure, medians, printRows, type Row } from '../harness/compare.ts';
import { freePort } from '../harness/free-port.ts';
import { startPinned } from '../harness/pinned-process.ts';
import { CONTENDERS, type Contender } from './rivals.ts';
import { SCHEMAS } from './schemas.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    seconds: { type: 'string', default: '8' },
    repeats: { type: 'string', default: '3' },
    connections: { type: 'string', default: '50' },
    only: { type: 'string', multiple: true },
    workload: { type: 'string', multiple: true },
  },
});

const HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

function composeAt(port: number): string {
  const result = composeServices(
    Object.entries(SCHEMAS).map(([name, sdl]) => ({
      name,
      typeDefs: parse(sdl),
      url: `http://127.0.0.1:${port}/${name}`,
    })),
  );
  if (!result.supergraphSdl) throw new Error(`Cannot compose the benchmark's subgraphs: ${result.errors?.join('; ')}`);
  const file = join(mkdtempSync(join(tmpdir(), 'weir-bench-')), 'supergraph.graphql');
  writeFileSync(file, result.supergraphSdl);
  return file;
}

async function ask(url: string, workload: Workload, n: number): Promise<string> {
  const response = await fetch(url, { method: 'POST', headers: HEADERS, body: workload.body(n) });
  return canonical(await response.text());
}

/** Gateways may order the members of an object as they like; here only data counts. */
function canonical(text: string): string {
  const sort = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sort)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, each]) => [key, sort(each)]),
          )
        : value;
  return JSON.stringify(sort(JSON.parse(text)));
}

const expected = new Map<string, string>();

async function measureOne(contender: Contender, workload: Workload, supergraph: string): Promise<Row> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/graphql`;
  const server = await startPinned({
    ...contender.command(supergraph, port),
    core: 1,
    url,
    probe: async () =>
      (await ask(url, { name: 'probe', body: () => '{"query":"{ __typename }"}' }, 0)).includes('Query'),
  });
  try {
    const answer = await ask(url, workload, 0);
    const wanted = expected.get(workload.name) ?? answer;
    expected.set(workload.name, wanted);
    if (answer !== wanted || answer.includes('"errors"')) {
      throw new Error(
        `"${contender.name}" answers "${workload.name}" otherwise than "${CONTENDERS[0]?.name}": ${answer.slice(0, 300)}`,
      );
    }
    const { length } = await (await fetch(url, { method: 'POST', headers: HEADERS, body: workload.body(0) })).text();
    return await measure(
      contender.name,
      server,
      {
        url,
        connections: Number(values.connections),
        seconds: Number(values.seconds),
        method: 'POST',
        headers: HEADERS,
        body: workload.body,
        isRight: (status, body) => status === 200 && body.length === length,
      },
      2,
    );
  } finally {
    await server.stop();
  }
}

const subgraphPort = await freePort();
const subgraphs = spawn(
  'taskset',
  ['-c', '0', process.execPath, join(import.meta.dirname, 'subgraphs.ts'), String(subgraphPort)],
  { stdio: 'inherit' },
);
try {
  const supergraph = composeAt(subgraphPort);
  const contenders = CONTENDERS.filter(
    ({ name }) => values.only === undefined || values.only.some((part) => name.includes(part)),
  );
  const workloads = WORKLOADS.filter(({ name }) => values.workload === undefined || values.workload.includes(name));
  for (const workload of workloads) {
    const rows: Row[] = [];
    for (let repeat = 0; repeat < Number(values.repeats); repeat += 1) {
      for (const contender of contenders) rows.push(await measureOne(contender, workload, supergraph));
    }
    printRows(`${workload.name} (${expected.get(workload.name)?.length} characters)`, medians(rows));
  }
} finally {
  subgraphs.kill();
}
