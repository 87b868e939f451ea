import type { RequestContext } from '../../edge/request-context.ts';
import type { Clock, Random } from '../clock.ts';
import type { OnTransportEvent } from '../events.ts';
import { isSafe } from '../retry/decide-retry.ts';
import type { Upstream, UpstreamRequest, UpstreamResponse } from '../upstream.ts';
import { type Difference, diffJson } from './diff-json.ts';

export interface MirrorSettings {
  readonly to: string;
  readonly percent: number;
  readonly unsafe: boolean;
  readonly maxBodyBytes: number;
  readonly timeoutMs: number;
  readonly maxPending: number;
  readonly compare: boolean;
}

export interface MirrorOptions {
  readonly upstream: string;
  readonly settings: MirrorSettings;
  /** By name; `undefined`: there is none now. */
  readonly find: (name: string) => Upstream | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly onEvent: OnTransportEvent;
}

/** Copies requests to another upstream. What becomes of a copy is told by events only: it takes no time from the request. */
export class Mirror {
  readonly #options: MirrorOptions;
  readonly #closing = new AbortController();
  #pending = 0;

  constructor(options: MirrorOptions) {
    this.#options = options;
  }

  /** @param primary Resolves with the answer that the client gets, `undefined` where there is none to compare with. */
  copy(request: UpstreamRequest, context: RequestContext, primary: Promise<UpstreamResponse | undefined>): void {
    const { settings, upstream, find, random, onEvent } = this.#options;
    if (!settings.unsafe && !isSafe(request.method)) return;
    if (random() * 100 >= settings.percent) return;
    const target = find(settings.to);
    const tooLarge = request.body !== undefined && Buffer.byteLength(request.body) > settings.maxBodyBytes;
    if (target === undefined || tooLarge || this.#pending >= settings.maxPending || this.#closing.signal.aborted) {
      onEvent({ type: 'mirror', upstream, to: settings.to, outcome: 'dropped', path: request.path });
      return;
    }
    this.#pending++;
    this.#send(target, request, context, primary).finally(() => {
      this.#pending--;
    });
  }

  close(): void {
    this.#closing.abort();
  }

  async #send(
    target: Upstream,
    request: UpstreamRequest,
    context: RequestContext,
    primary: Promise<UpstreamResponse | undefined>,
  ): Promise<void> {
    const { settings, upstream, clock, onEvent } = this.#options;
    const facts = { type: 'mirror', upstream, to: settings.to, path: request.path } as const;
    // The client's leaving or deadline is none of the copy's business.
    const { requestId, headers, clientAddress, identity, traceContext, passedTrace } = context;
    const own: RequestContext = {
      ...{ requestId, headers, clientAddress, identity, traceContext, passedTrace },
      signal: this.#closing.signal,
      deadlineMs: clock.now() + settings.timeoutMs,
      scoped: new Map(),
    };
    const copied: UpstreamRequest = { ...request, headers: { ...request.headers, 'x-shadow': '1' }, priority: 'low' };
    const [answer, expected] = await Promise.all([
      target.send(copied, own).catch(() => undefined),
      primary.catch(() => undefined),
    ]);
    if (answer === undefined) {
      onEvent({ ...facts, outcome: 'failed' });
    } else if (!settings.compare || expected === undefined) {
      onEvent({ ...facts, outcome: 'sent' });
    } else {
      const differences = compareAnswers(expected, answer);
      onEvent({
        ...facts,
        ...(differences.length === 0 ? { outcome: 'same' } : { outcome: 'different', differences }),
      });
    }
  }
}

function compareAnswers(expected: UpstreamResponse, actual: UpstreamResponse): Difference[] {
  if (expected.status !== actual.status) return [{ path: '/status', kind: 'value' }];
  if (expected.body === actual.body) return [];
  try {
    return diffJson(JSON.parse(expected.body), JSON.parse(actual.body));
  } catch {
    return [{ path: '', kind: 'value' }];
  }
}
