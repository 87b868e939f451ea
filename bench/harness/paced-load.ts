/**
 * `node paced-load.ts '{"url":…}'`: sends requests at the times of a Poisson process of a given rate, whether earlier ones are
 * answered or not, and prints a {@link LoadResult}. Latency counts from the time at which a request was to be sent, so that a
 * slow server cannot hide behind the requests that it kept from being sent.
 */
import net from 'node:net';
import { performance } from 'node:perf_hooks';
import { ResponseParser, type ResponseSink } from '../../src/transport/http1/response-parser.ts';
import type { LoadResult } from './load.ts';

export interface PacedLoad {
  readonly url: string;
  readonly connections: number;
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** What every answer must be. */
  readonly body: string;
}

/** The first part of a run is not counted: connections, compilers and caches get warm in it. */
const WARM_UP_SHARE = 0.2;

class Client implements ResponseSink {
  readonly #socket: net.Socket;
  readonly #parser = new ResponseParser(this);
  readonly #onAnswer: (client: Client, status: number, body: string) => void;
  #status = 0;
  #body = '';
  dueMs = 0;

  constructor(port: number, onAnswer: (client: Client, status: number, body: string) => void) {
    this.#onAnswer = onAnswer;
    this.#socket = net.connect(port, '127.0.0.1').setNoDelay(true);
    this.#socket.on('data', (bytes: Buffer) => this.#parser.execute(bytes, bytes.length, true));
    this.#socket.on('close', () => {
      throw new Error('The server closed a connection');
    });
    this.#socket.on('error', () => {});
  }

  send(request: string, dueMs: number): void {
    this.dueMs = dueMs;
    this.#body = '';
    this.#parser.begin('GET');
    this.#socket.write(request, 'latin1');
  }

  close(): void {
    this.#socket.removeAllListeners('close').destroy();
  }

  onInformational(): void {}
  onSwitch(): void {}
  onHead({ status }: { status: number }): void {
    this.#status = status;
  }
  onBody(chunk: Buffer): void {
    this.#body += chunk.toString('latin1');
  }
  onComplete(): void {
    this.#onAnswer(this, this.#status, this.#body);
  }
}

async function run({ url, connections, ratePerSecond, seconds, body }: PacedLoad): Promise<LoadResult> {
  const { port, host, pathname } = new URL(url);
  const request = `GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\naccept: application/json\r\n\r\n`;
  const startedMs = performance.now();
  const countedMs = startedMs + seconds * WARM_UP_SHARE * 1_000;
  const endMs = startedMs + seconds * 1_000;
  const latencies: number[] = [];
  const waiting: number[] = [];
  let wrong = 0;
  let open = 0;
  const idle: Client[] = [];
  const onAnswer = (client: Client, status: number, got: string): void => {
    if (client.dueMs >= countedMs) {
      latencies.push(performance.now() - client.dueMs);
      if (status !== 200 || got !== body) wrong += 1;
    }
    open -= 1;
    const next = waiting.shift();
    if (next === undefined) idle.push(client);
    else client.send(request, next);
  };
  for (let i = 0; i < connections; i++) idle.push(new Client(Number(port), onAnswer));
  let dueMs = startedMs;
  while (performance.now() < endMs || open > 0) {
    const nowMs = performance.now();
    while (dueMs <= nowMs && dueMs < endMs) {
      open += 1;
      const client = idle.pop();
      if (client === undefined) waiting.push(dueMs);
      else client.send(request, dueMs);
      dueMs -= (Math.log(1 - Math.random()) / ratePerSecond) * 1_000;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const client of idle) client.close();
  latencies.sort((a, b) => a - b);
  const quantile = (q: number) => latencies[Math.floor(q * latencies.length)] ?? Number.NaN;
  return {
    requests: latencies.length,
    seconds: seconds * (1 - WARM_UP_SHARE),
    wrong,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  };
}

console.log(JSON.stringify(await run(JSON.parse(process.argv[2] as string) as PacedLoad)));
