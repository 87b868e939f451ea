import { readFileSync } from 'node:fs';
import type { Config, RouteConfig, UpstreamConfig } from '../../config/config.ts';
import { type RouteCacheDefinition, routeCache } from '../../config/schema/route-cache.ts';
import type { CompiledEdge } from '../../edge/create-edge.ts';
import { systemClock } from '../../transport/clock.ts';
import { readOrigin } from '../forwarding-fields.ts';
import { compileKeys, keySpace } from './cache-key.ts';
import { RouteCache } from './cache-layer.ts';
import type { Cache } from './open-cache.ts';

export interface CacheParts {
  readonly config: Config;
  readonly edge: Pick<CompiledEdge, 'trusts' | 'isTls' | 'forwarding'>;
  /** `undefined`: no route keeps answers. */
  readonly cache: Cache | undefined;
}

/** @returns `undefined`: the route keeps none. */
export function compileCache(route: RouteConfig, parts: CacheParts): RouteCache | undefined {
  const { config, edge, cache } = parts;
  const definition = readDefinition(route);
  if (definition === undefined || cache === undefined) return undefined;
  const { maxEntryBytes, targeted, cacheStatus } = cache.definition;
  const upstreams = upstreamsOf(route, config);
  const { managed } = edge.forwarding;
  return new RouteCache({
    route: route.name,
    definition,
    keys: compileKeys(definition.key, spaceOf(route, upstreams, config), ({ head }) => {
      const { proto, host } = readOrigin(head, edge);
      return `${proto}://${host.toLowerCase()}`;
    }),
    store: cache.store,
    maxEntryBytes,
    held: cache.held,
    targets: targeted.map((name) => name.toLowerCase()),
    tellsStatus: cacheStatus,
    ownCookies: new Set(upstreams.flatMap(affinityCookies)),
    // Who chooses a version is not to choose it for all.
    bypassHeaders: [...definition.bypass.headers, ...upstreams.flatMap((each) => pinOf(each)?.header ?? [])].map(
      (name) => name.toLowerCase(),
    ),
    bypassCookies: [...definition.bypass.cookies, ...upstreams.flatMap((each) => pinOf(each)?.cookie ?? [])],
    isToldOfClient: (name) => TOLD_OF_CLIENT.has(name) || managed.has(name),
    onEvent: cache.onEvent,
    clock: systemClock,
    epochMs: Date.now,
  });
}

/** What the gateway tells upstreams of each client and request, beside what `auth.forward` names. */
const TOLD_OF_CLIENT = new Set([
  ...['forwarded', 'traceparent', 'tracestate', 'via', 'x-forwarded-for', 'x-real-ip', 'x-request-id'],
]);

const DEFAULTS: RouteCacheDefinition = routeCache.parse({});

function readDefinition({ cache }: RouteConfig): RouteCacheDefinition | undefined {
  if (cache === undefined || cache === false) return undefined;
  return cache === true ? DEFAULTS : cache;
}

function upstreamsOf({ upstream, aggregate }: RouteConfig, { upstreams }: Config): readonly UpstreamConfig[] {
  const names = new Set([upstream, ...Object.values(aggregate?.parts ?? {}).map((part) => part.upstream)]);
  return upstreams.filter(({ name }) => names.has(name));
}

/** What was made by other rules is not found again. */
function spaceOf(route: RouteConfig, upstreams: readonly UpstreamConfig[], { auth, proxy, directory }: Config): string {
  const files = [route.transform?.function, route.document?.file].filter((file) => file !== undefined);
  const facts = [
    ...[route, upstreams, proxy, auth.tokensFrom, auth.apiKeys?.from, auth.forward],
    ...[auth.jwt, auth.introspection, auth.mtls].map((mechanism) => mechanism !== undefined),
    ...files.map((file) => readFileSync(file, 'utf8')),
  ];
  return keySpace(facts, directory);
}

function affinityCookies(upstream: UpstreamConfig): readonly string[] {
  const affinity = upstream.kind === 'local' ? undefined : upstream.balance.affinity;
  return affinity === undefined ? [] : [affinity.cookie];
}

function pinOf(upstream: UpstreamConfig) {
  return upstream.kind === 'local' ? undefined : upstream.canary?.pin;
}
