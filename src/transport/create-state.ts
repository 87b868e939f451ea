import { dirname, resolve } from 'node:path';
import type { TransportDefinition } from '../config/schema/transport.ts';
import { Breaker } from './breaker/breaker.ts';
import { RedisPeers } from './breaker/redis-peers.ts';
import { CanarySplit } from './canary/canary-split.ts';
import { postDecision } from './canary/decision-webhook.ts';
import {
  filePlaceStore,
  memoryPlaceStore,
  type Place,
  type PlaceStore,
  redisPlaceStore,
} from './canary/place-store.ts';
import { Rollout } from './canary/rollout.ts';
import type { Clock, Random } from './clock.ts';
import { Gradient } from './concurrency/gradient.ts';
import { Limiter } from './concurrency/limiter.ts';
import { Address } from './endpoint/address.ts';
import { ConnectionPool } from './endpoint/connection-pool.ts';
import { Endpoint } from './endpoint/endpoint.ts';
import type { ResolveHost } from './endpoint/resolve-host.ts';
import { readTlsOptions } from './endpoint/tls-options.ts';
import type { CanaryDecision, OnTransportEvent } from './events.ts';
import { Ejection } from './health/ejection.ts';
import { Latency } from './latency.ts';
import { RetryBudget } from './retry/retry-budget.ts';
import type { SharedRedis } from './shared-redis.ts';
import type { UpstreamTransportConfig } from './upstream-config.ts';
import type { UpstreamState } from './upstream-state.ts';

export interface StateOptions {
  readonly config: UpstreamTransportConfig;
  readonly settings: TransportDefinition;
  readonly clock: Clock;
  readonly random: Random;
  readonly epochMs: () => number;
  readonly resolve: ResolveHost;
  readonly shared: SharedRedis | undefined;
  readonly onEvent: OnTransportEvent;
}

/** What belongs to one generation only. */
export interface BackgroundWork {
  /** Stops with it. */
  readonly peers: RedisPeers | undefined;
  /** Lets its figures hold for what it shares with the former generation. */
  takeOver(): void;
}

/**
 * Builds what an upstream remembers, from the former generation's where it has it: endpoints with the same URL and
 * connection settings keep their connections and health, breaker and budget keep their state. The former one's figures
 * hold for all of that until {@link BackgroundWork.takeOver}.
 * @throws If a certificate cannot be read, or a trusted address is none.
 */
export function createState(options: StateOptions, former?: UpstreamState): UpstreamState & BackgroundWork {
  const { config, settings, clock, random, shared, onEvent } = options;
  const upstream = config.name;
  const endpoints = createEndpoints(options, former?.endpoints);
  const split =
    settings.canary && new CanarySplit({ ...settings.canary, salt: settings.canary.salt ?? upstream }, random);
  const place = former?.rollout?.place;
  // Until the kept place is read again, clients stay on the side where they are.
  if (split && place?.version === split.version && settings.canary?.judge !== undefined) split.weight = place.weight;
  const breaker = settings.breaker === false ? undefined : createBreaker(settings.breaker, former?.breaker, options);
  const peers =
    breaker &&
    shared &&
    new RedisPeers({
      upstream,
      breaker,
      redis: shared.redis,
      subscriber: shared.subscriber,
      clock,
      onError: (error) => onEvent({ type: 'shared_state_failed', upstream, error }),
    });
  const state = {
    endpoints,
    breaker,
    peers,
    ejection:
      settings.ejection === false
        ? undefined
        : new Ejection(settings.ejection, clock, ({ id }, durationMs) =>
            onEvent({ type: 'ejected', upstream, endpoint: id, durationMs }),
          ),
    budget:
      settings.retry === false ? undefined : (former?.budget ?? new RetryBudget(budgetSettings(settings.retry), clock)),
    ...createLimiter(settings.concurrency, former?.limiter, clock),
    split,
    rollout: undefined as Rollout | undefined,
    latency: former?.latency ?? new Latency(clock),
  };
  return Object.assign(state, {
    takeOver(): void {
      if (former !== undefined) configure(state, settings, former, clock.now());
      state.rollout = split && createRollout(split, options, former);
    },
  });
}

/** Puts new figures on what was handed on. */
function configure(
  { endpoints, breaker, budget, limiter, gradient }: Omit<UpstreamState, 'rollout'>,
  settings: TransportDefinition,
  former: UpstreamState,
  nowMs: number,
): void {
  for (const { address } of endpoints) {
    if (!former.endpoints.some((endpoint) => endpoint.address === address)) address.servesSinceMs = nowMs;
    // What no longer is checked must not stay out.
    if (settings.health === undefined) address.healthy = true;
    if (settings.ejection === false) address.ejectedUntilMs = 0;
  }
  if (settings.breaker !== false) breaker?.configure(settings.breaker);
  if (settings.retry !== false) budget?.configure(budgetSettings(settings.retry));
  if (settings.concurrency === false || limiter === undefined) return;
  limiter.configure(settings.concurrency);
  if (gradient !== undefined) limiter.limit = gradient.limit;
}

function createEndpoints(options: StateOptions, former: readonly Endpoint[] = []): Endpoint[] {
  const { config, settings, clock, resolve: resolveHost, onEvent } = options;
  const tls = readTlsOptions(settings.tls, config.file ?? '');
  const connectionKey = JSON.stringify([tls, settings.connections]);
  return config.endpoints.map(({ url, weight = 1, version, zone }) => {
    const kept = former.find(({ id, address }) => id === url && address.connectionKey === connectionKey);
    if (kept !== undefined) return new Endpoint({ url, weight, version, zone, address: kept.address });
    const pool = new ConnectionPool({
      origin: new URL(url).origin,
      connections: settings.connections,
      tls,
      clock,
      resolve: resolveHost,
      onAddresses(addresses, isMoved) {
        // Where some addresses are the same, some of what is behind the name is warm.
        if (isMoved) address.servesSinceMs = clock.now();
        onEvent({
          type: 'addresses',
          upstream: config.name,
          endpoint: url,
          addresses: addresses.map((each) => each.address),
        });
      },
    });
    const address = new Address(connectionKey, pool);
    return new Endpoint({ url, weight, version, zone, address });
  });
}

function createBreaker(
  settings: Exclude<TransportDefinition['breaker'], false>,
  former: Breaker | undefined,
  { clock, config, onEvent }: StateOptions,
): Breaker {
  return (
    former ?? new Breaker(settings, clock, (from, to) => onEvent({ type: 'breaker', upstream: config.name, from, to }))
  );
}

function budgetSettings({ budgetRatio, budgetFloor }: Exclude<TransportDefinition['retry'], false>) {
  return { ratio: budgetRatio, floorPerSecond: budgetFloor };
}

function createLimiter(
  settings: TransportDefinition['concurrency'],
  former: Limiter | undefined,
  clock: Clock,
): Pick<UpstreamState, 'limiter' | 'gradient'> {
  if (settings === false) return { limiter: undefined, gradient: undefined };
  const limiter = former ?? new Limiter(settings, clock);
  if (settings.adaptive === undefined) return { limiter, gradient: undefined };
  const gradient = new Gradient({ ...settings.adaptive, max: settings.limit });
  if (former === undefined) limiter.limit = gradient.limit;
  return { limiter, gradient };
}

function createRollout(
  split: CanarySplit,
  options: StateOptions,
  former: UpstreamState | undefined,
): Rollout | undefined {
  const { settings, config, clock, epochMs, onEvent } = options;
  const judge = settings.canary?.judge;
  if (judge === undefined) return undefined;
  const upstream = config.name;
  const place = former?.rollout?.place;
  // Until the kept place is read again, clients stay on the side where they are.
  if (place?.version === split.version) split.weight = place.weight;
  return new Rollout({
    settings: judge,
    split,
    store: createPlaceStore(options, judge.stateFile, place),
    clock,
    epochMs,
    onDecision(decision: CanaryDecision) {
      onEvent({ type: 'canary_decision', upstream, ...decision });
      if (judge.webhook === undefined) return;
      postDecision(judge.webhook, upstream, decision).catch((error: Error) =>
        onEvent({ type: 'webhook_failed', upstream, error }),
      );
    },
    onError: (error) => onEvent({ type: 'shared_state_failed', upstream, error }),
  });
}

function createPlaceStore(
  { config, shared }: StateOptions,
  file: string | undefined,
  place: Place | undefined,
): PlaceStore {
  if (shared !== undefined) return redisPlaceStore(shared.redis, `weir:canary:${config.name}`);
  if (file !== undefined) return filePlaceStore(resolve(dirname(config.file ?? ''), file));
  return memoryPlaceStore(place);
}
