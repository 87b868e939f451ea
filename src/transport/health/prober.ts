import { DeadlineQueue } from '../../deadline-queue.ts';
import type { Clock, Random, Timer } from '../clock.ts';
import type { Endpoint } from '../endpoint/endpoint.ts';
import { BufferedExchange } from '../exchange/buffered.ts';
import { Failure } from '../exchange/failure.ts';
import { ProbeCount } from './probe-count.ts';

export interface ProberOptions {
  readonly path: string;
  readonly intervalMs: number;
  /** 5,000 at most. */
  readonly timeoutMs: number;
  readonly rise: number;
  readonly fall: number;
  /** Share by which the interval varies, so that gateways do not check in step. */
  readonly jitter: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly onChange: (endpoint: Endpoint, healthy: boolean) => void;
}

const LONGEST_TIMEOUT_MS = 5_000;
const LARGEST_ANSWER_BYTES = 64 * 1024;

/** Active health: asks every endpoint of an upstream in turn, one prober per upstream however many routes lead to it. */
export class Prober {
  readonly #endpoints: readonly Endpoint[];
  readonly #options: ProberOptions;
  readonly #counts: readonly ProbeCount[];
  readonly #deadlines: DeadlineQueue<Timer>;
  readonly #stop = new AbortController();
  #timer: Timer | undefined;

  constructor(endpoints: readonly Endpoint[], options: ProberOptions) {
    this.#endpoints = endpoints;
    this.#options = options;
    this.#deadlines = new DeadlineQueue(options.clock);
    this.#counts = endpoints.map(({ healthy }) => new ProbeCount(options.rise, options.fall, healthy));
    this.#schedule();
  }

  stop(): void {
    this.#stop.abort();
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
  }

  /** One round of checks; the timer calls it. */
  async checkAll(): Promise<void> {
    await Promise.all(this.#endpoints.map((endpoint, i) => this.#check(endpoint, this.#counts[i] as ProbeCount)));
  }

  #schedule(): void {
    if (this.#stop.signal.aborted) return;
    const { clock, random, intervalMs, jitter } = this.#options;
    this.#timer = clock.setTimeout(
      () => void this.checkAll().then(() => this.#schedule()),
      intervalMs * (1 + jitter * (2 * random() - 1)),
    );
  }

  async #check(endpoint: Endpoint, count: ProbeCount): Promise<void> {
    const { clock, path, timeoutMs, onChange } = this.#options;
    const exchange = new BufferedExchange(
      {
        clock,
        deadlines: this.#deadlines,
        startedMs: clock.now(),
        signal: this.#stop.signal,
        deadlineMs: Number.POSITIVE_INFINITY,
        timeoutMs: Math.min(timeoutMs, LONGEST_TIMEOUT_MS),
        timeoutKind: 'timeout',
        headTimeoutMs: Number.POSITIVE_INFINITY,
      },
      LARGEST_ANSWER_BYTES,
      'latin1',
    );
    const headers = ['user-agent', 'weir-health'];
    // The path is the service's own, not below the base path of the endpoint. Not repeatable: no connection that may be dead is to do.
    exchange.start(endpoint, { method: 'GET', target: path, headers, body: null, isRepeatable: false });
    const answer = await exchange.result;
    if (this.#stop.signal.aborted) return;
    const success = !(answer instanceof Failure) && answer.status >= 200 && answer.status < 300;
    if (!count.record(success)) return;
    endpoint.judge(count.healthy, clock.now());
    onChange(endpoint, count.healthy);
  }
}
