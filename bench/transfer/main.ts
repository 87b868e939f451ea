/**
 * `npm run bench -- transfer [MiB]`: sends a large body through a route, and reads one, with a reader that is slower than its writer.
 * Prints how much the gateway's resident set grew; every byte is counted on the far side.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { builtWeir } from '../harness/built-weir.ts';
import { startPinned } from '../harness/pinned-process.ts';

const MIB = 2 ** 20;
const totalBytes = Number(process.argv[3] ?? 1_024) * MIB;
/** The reader rests after so many bytes, for so long: about 150 MiB/s. */
const BURST_BYTES = 4 * MIB;
const REST_MS = 20;
const PORT = 4_790;

const chunk = Buffer.alloc(65_536, 0x61);
function* bytes(): Generator<Buffer> {
  for (let sent = 0; sent < totalBytes; sent += chunk.length) yield chunk;
}

async function readSlowly(stream: IncomingMessage): Promise<number> {
  let total = 0;
  let burst = 0;
  for await (const data of stream as AsyncIterable<Buffer>) {
    total += data.length;
    burst += data.length;
    if (burst < BURST_BYTES) continue;
    burst = 0;
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  return total;
}

const origin = http.createServer(async (request, response) => {
  if (request.method === 'POST') response.end(String(await readSlowly(request)));
  else {
    response.writeHead(200, { 'content-length': totalBytes });
    Readable.from(bytes()).pipe(response);
  }
});
await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));

const folder = await mkdtemp(join(tmpdir(), 'weir-transfer-'));
await writeFile(
  join(folder, 'gateway.yaml'),
  `server: { port: ${PORT} }
upstreams: [origin.yaml]
routes:
  - { name: files, match: { path: "/**" }, upstream: origin, max_body: 4GiB, timeout: 300s }
`,
);
await writeFile(
  join(folder, 'origin.yaml'),
  `{ kind: http, url: "http://127.0.0.1:${(origin.address() as AddressInfo).port}", timeout: 300s }`,
);
const gateway = await startPinned({
  command: process.execPath,
  args: [builtWeir(), 'start', '--config', join(folder, 'gateway.yaml')],
  core: 0,
  url: `http://127.0.0.1:${PORT}`,
  probe: async () => (await fetch(`http://127.0.0.1:${PORT}/readyz`)).ok,
});

function upload(): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${gateway.url}/upload`, { method: 'POST', agent: false }, async (response) => {
      let text = '';
      for await (const data of response) text += data;
      resolve(Number(text));
    });
    request.on('error', reject);
    Readable.from(bytes()).pipe(request);
  });
}

function download(): Promise<number> {
  return new Promise((resolve, reject) => {
    http
      .get(`${gateway.url}/download`, { agent: false }, (response) => readSlowly(response).then(resolve, reject))
      .on('error', reject);
  });
}

try {
  const rows: Record<string, object> = {};
  for (const [name, run] of Object.entries({ upload, download })) {
    const beforeMiB = gateway.peakMiB();
    const [startedMs, cpuMs] = [performance.now(), gateway.cpuMs()];
    const arrived = await run();
    if (arrived !== totalBytes) throw new Error(`Of ${totalBytes} bytes ${arrived} arrived`);
    rows[name] = {
      MiB: totalBytes / MIB,
      seconds: ((performance.now() - startedMs) / 1_000).toFixed(1),
      'CPU ms per MiB': (((gateway.cpuMs() - cpuMs) * MIB) / totalBytes).toFixed(2),
      'peak grew by MiB': (gateway.peakMiB() - beforeMiB).toFixed(1),
    };
  }
  console.table(rows);
} finally {
  await gateway.stop();
  origin.closeAllConnections();
  origin.close();
  await rm(folder, { recursive: true });
}
