import type { TransportDefinition } from '../config/schema/transport.ts';
import { DeadlineQueue } from '../deadline-queue.ts';
import type { UpstreamCredentials } from '../edge/forwarding/upstream-credentials.ts';
import type { RequestContext } from '../edge/request-context.ts';
import { Affinity } from './balance/affinity.ts';
import { EndpointChooser } from './balance/choose-endpoint.ts';
import { createBalancer } from './balance/create-balancer.ts';
import { compileHashKey } from './balance/hash-key.ts';
import { SlowStart } from './balance/slow-start.ts';
import { type Clock, type Random, systemClock } from './clock.ts';
import { createState } from './create-state.ts';
import { type ResolveHost, systemResolver } from './endpoint/resolve-host.ts';
import type { OnTransportEvent } from './events.ts';
import { RequestHeaders } from './headers/request-headers.ts';
import { Prober } from './health/prober.ts';
import { copyOfStream } from './mirror/copy-of-stream.ts';
import { Mirror } from './mirror/mirror.ts';
import { bufferedRequest, type RequestSettings, streamedRequest, upgradeRequest } from './requests.ts';
import { RequestRunner } from './run-request.ts';
import { runWithCredentials } from './run-with-credentials.ts';
import { connectSharedRedis } from './shared-redis.ts';
import type {
  Priority,
  StreamedResponse,
  StreamRequest,
  Upstream,
  UpstreamRequest,
  UpstreamResponse,
} from './upstream.ts';
import { completeTransport, type UpstreamTransportConfig } from './upstream-config.ts';
import type { UpstreamState } from './upstream-state.ts';

export interface UpstreamOptions {
  /** Hears what happens; default: nobody. */
  readonly onEvent?: OnTransportEvent;
  /** What every request says of the client and shows of the gateway; default: nothing. */
  readonly credentials?: UpstreamCredentials | undefined;
  /** Finds the upstream that `mirror.to` names. */
  readonly find?: (name: string) => Upstream | undefined;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Milliseconds since 1970. */
  readonly epochMs?: () => number;
  readonly resolve?: ResolveHost;
}

/** An upstream with its state, for the generation that follows it and for status pages. */
export interface ManagedUpstream extends Upstream {
  readonly state: UpstreamState;
  /** Resolves when kept state (an open breaker of other processes, the place of a canary) is known. Requests need not wait for it. */
  readonly ready: Promise<void>;
  /**
   * Lets its figures hold for what it shares with the former generation, and begins checks and judgements. Before that it
   * only sends. Of the first generation it is done already.
   */
  takeOver(): void;
  /** Ends checks and judgements, since a later generation does them now; requests still work. */
  retire(): void;
}

/**
 * Compiles an upstream's config into the object that sends.
 * @param former The generation before it, whose connections and state it shares. The caller decides between the two: one
 *   takes over and the other is retired and closed, or this one is closed, and the former is as it was.
 * @throws If a certificate cannot be read, or a pattern or trusted address is malformed.
 */
export function createUpstream(
  config: UpstreamTransportConfig,
  options: UpstreamOptions = {},
  former?: ManagedUpstream,
): ManagedUpstream {
  const { name, timeoutMs = 30_000 } = config;
  const { clock = systemClock, random = Math.random, epochMs = Date.now, onEvent, find = () => undefined } = options;
  const { credentials } = options;
  const settings = completeTransport(config);
  const { connections, timeouts, balance, retry, breaker, concurrency } = settings;
  const emit: OnTransportEvent = onEvent ?? (() => {});

  const shared =
    settings.redis === undefined
      ? undefined
      : connectSharedRedis(settings.redis, (error) => emit({ type: 'shared_state_failed', upstream: name, error }));
  const state = createState(
    {
      config,
      settings,
      clock,
      random,
      epochMs,
      resolve: options.resolve ?? systemResolver(connections.dnsTtlMs),
      shared,
      onEvent: emit,
    },
    former?.state,
  );
  const chooser = new EndpointChooser({
    endpoints: state.endpoints,
    balancer: createBalancer(balance, random),
    hashKey: balance.algorithm === 'hash' ? compileHashKey(balance.hashBy) : undefined,
    affinity: balance.affinity && new Affinity(balance.affinity),
    slowStart: balance.slowStartMs === undefined ? undefined : new SlowStart(balance.slowStartMs),
    split: state.split,
    zone: balance.zone,
    whenAllUnhealthy: settings.whenAllUnhealthy,
    epochMs,
    onAllUnhealthy: () => emit({ type: 'all_unhealthy', upstream: name }),
    onCanaryFallback: () => emit({ type: 'canary_fallback', upstream: name, version: state.split?.version ?? '' }),
  });
  const retries = retry === false || retry.attempts === 0 ? undefined : retry;
  const runner = new RequestRunner({
    upstream: name,
    state,
    chooser,
    retry: retries,
    perTryMs: timeouts.perTryMs ?? Number.POSITIVE_INFINITY,
    headTimeoutMs: timeouts.responseHeaderMs ?? Number.POSITIVE_INFINITY,
    deadlines: new DeadlineQueue(clock),
    failureStatuses: breaker === false ? [502, 503, 504] : breaker.statuses,
    priorityOfTier: priorityOfTier(concurrency),
    clock,
    random,
    onEvent,
    bind: balance.affinity && ((context, endpoint) => chooser.bind(context, endpoint)),
  });
  const requests: RequestSettings = {
    headers: new RequestHeaders({
      rules: { send: config.headers?.send ?? {}, forward: config.headers?.forward ?? [] },
      deadlineHeader: timeouts.deadlineHeader,
      isCredential: credentials?.owns,
    }),
    timeoutMs,
    uploadTimeoutMs: timeouts.uploadMs,
    continueMs: timeouts.continueMs,
    idleMs: timeouts.idleMs,
    maxBodyBytes: config.traffic?.maxBodyBytes ?? Number.POSITIVE_INFINITY,
    acceptEncoding: connections.compression,
    repeats: retries !== undefined,
    maxReplayBytes: retry === false ? 0 : retry.maxBodyBytes,
    idempotencyHeader: retry === false ? undefined : retry.idempotencyKey.toLowerCase(),
  };
  const mirror =
    settings.mirror && new Mirror({ upstream: name, settings: settings.mirror, find, clock, random, onEvent: emit });
  const send = (request: UpstreamRequest, context: RequestContext): Promise<UpstreamResponse> =>
    runWithCredentials(runner, credentials, context, (headers) => bufferedRequest(request, context, requests, headers));
  const stream = (request: StreamRequest, context: RequestContext): Promise<StreamedResponse> =>
    runWithCredentials(runner, credentials, context, (headers) => streamedRequest(request, context, requests, headers));

  let prober: Prober | undefined;
  const ready = Promise.withResolvers<void>();
  let phase: 'new' | 'current' | 'retired' = 'new';
  const takeOver = (): void => {
    if (phase !== 'new') return;
    phase = 'current';
    state.takeOver();
    prober =
      settings.health &&
      new Prober(state.endpoints, {
        ...settings.health,
        clock,
        random,
        onChange: ({ id }, healthy) => emit({ type: 'health', upstream: name, endpoint: id, healthy }),
      });
    Promise.all([state.peers?.start(), state.rollout?.start()]).then(() => ready.resolve(), ready.reject);
  };
  if (former === undefined) takeOver();
  const retire = () => {
    if (phase === 'retired') return;
    phase = 'retired';
    prober?.stop();
    state.rollout?.stop();
    state.peers?.stop();
    mirror?.close();
    shared?.close();
  };

  return {
    name,
    state,
    ready: ready.promise,
    send:
      mirror === undefined
        ? send
        : (request, context) => {
            const answer = send(request, context);
            mirror.copy(request, context, answer);
            return answer;
          },
    stream:
      mirror === undefined
        ? stream
        : async (request, context) => {
            const answer = await stream(request, context);
            const copied = copyOfStream(request);
            if (copied !== undefined) mirror.copy(copied, context, Promise.resolve(undefined));
            return answer;
          },
    upgrade: (request, context) =>
      runWithCredentials(runner, credentials, context, (headers) =>
        upgradeRequest(request, context, requests, headers),
      ),
    takeOver,
    retire,
    async close() {
      retire();
      await Promise.all(state.endpoints.map((endpoint) => endpoint.release()));
    },
  };
}

function priorityOfTier(concurrency: TransportDefinition['concurrency']): ReadonlyMap<string, Priority> {
  if (concurrency === false) return new Map();
  return new Map<string, Priority>([
    ...concurrency.lowTiers.map((tier) => [tier, 'low'] as const),
    ...concurrency.highTiers.map((tier) => [tier, 'high'] as const),
  ]);
}
