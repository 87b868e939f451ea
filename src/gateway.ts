import type { RequestListener } from 'node:http';
import type { DestinationStream } from 'pino';
import type { Config } from './config/config.ts';
import { hasGraph } from './config/graph-upstreams.ts';
import { createConnectListener } from './server/connect-listener.ts';
import { createFetchHandler } from './server/fetch-handler.ts';
import { type Generation, openGeneration } from './server/generation.ts';
import { keysForRestart } from './server/keys-for-restart.ts';
import { type ListenerAddress, type Listeners, openListeners } from './server/listeners/open-listeners.ts';
import { observeListeners } from './server/observe-listeners.ts';
import { observeTransport } from './server/observe-transport.ts';
import { type Readiness, readinessOf } from './server/readiness.ts';
import { createReception } from './server/reception.ts';
import { createRequestListener } from './server/request-listener.ts';
import { createUpgradeListener, type UpgradeListener } from './server/upgrade-listener.ts';
import type { SupergraphStatus } from './supergraph/supergraph-watcher.ts';
import type { Logger } from './telemetry/logger.ts';
import { openTelemetry } from './telemetry/telemetry.ts';

/** A gateway: serve it by `listen`, or put `handler` or `fetch` into a server of your own. */
export interface Gateway {
  readonly logger: Logger;
  /** For `node:http`. */
  readonly handler: RequestListener;
  /** For the `upgrade` event of a `node:http` server: WebSockets of routes. @returns what closes the tunnel. */
  readonly upgrade: UpgradeListener;
  /** For runtimes with the fetch API. */
  readonly fetch: (request: Request) => Promise<Response>;
  readonly readiness: () => Readiness;
  /**
   * Opens the config's listeners, all or none.
   * @returns the base URL of the first public one. @throws {Error} that says which one cannot be opened, and why.
   */
  listen(): Promise<string>;
  /** Where it listens, in the order of the config; empty before `listen`. */
  readonly addresses: () => readonly ListenerAddress[];
  /**
   * Puts another config into service; requests in flight end on the old one. What only a start can change, such as listeners,
   * stays as it is, and the log names it. The first config with a graph loads what a graph needs: that takes most of a second, in
   * which nothing is answered.
   * @returns what keeps the new config from being served whole. Where it has no graph, or fewer upstreams live than the one
   *   in service, that one stays.
   */
  reload(config: Config): Promise<string | undefined>;
  /** Fails readiness, lets requests in flight finish, releases everything. @returns whether all of them finished in time. */
  close(): Promise<boolean>;
}

export interface GatewayOptions {
  /** Where log lines go; default: stdout. */
  readonly logDestination?: DestinationStream;
  /** For `weir dev`: what keeps the last change from being served; GraphiQL shows it. */
  readonly devProblem?: () => string | undefined;
}

/** The journey of the data, from the config to an answered request. */
export async function createGateway(config: Config, options: GatewayOptions = {}): Promise<Gateway> {
  const telemetry = openTelemetry(config.telemetry, options.logDestination);
  const { logger, metrics } = telemetry;

  // config ► subgraphs ► supergraph ► schema and engines
  const onTransportEvent = observeTransport(metrics, logger);
  const parts = { telemetry, onTransportEvent, isDev: options.devProblem !== undefined };
  let generation = await openGeneration(config, parts);

  // request ► edge ► graph ► response
  let isDraining = false;
  const readiness = (): Readiness => {
    const readiness = readinessOf(generation.supergraph?.status);
    return isDraining ? { ...readiness, status: 'draining' } : readiness;
  };
  const reception = createReception({
    ...telemetry,
    edge: () => generation.edge,
    requestTimeoutMs: () => generation.config.server.requestTimeoutMs,
  });
  metrics.observe('weir.cache.size', () => [{ labels: {}, value: generation.cache?.store.bytes ?? 0 }]);
  const serving = {
    reception,
    graphqlPath: () => generation.graphqlPath,
    headerLimits: config.server,
    graph: () => generation.graph(),
    routes: () => generation.routes,
    readiness,
    isDraining: () => isDraining,
    metrics,
    logger,
    ...(options.devProblem !== undefined && { devProblem: options.devProblem }),
  };
  const handler = createRequestListener(serving);
  let listeners: Listeners | undefined;

  return {
    logger,
    handler,
    upgrade: createUpgradeListener(serving),
    fetch: createFetchHandler(serving),
    readiness,
    addresses: () => listeners?.addresses ?? [],
    async listen() {
      listeners = await openListeners(config.server, {
        handlersOf: (surface) => ({
          request: createRequestListener({ ...serving, surface }),
          ...(surface.isPublic && {
            upgrade: createUpgradeListener({ ...serving, surface }),
            connect: createConnectListener({ ...serving, surface }),
          }),
        }),
        onEvent: observeListeners(metrics, logger),
      });
      const { url } = listeners.addresses.find(({ isPublic }) => isPublic) as ListenerAddress;
      logger.info(
        { url, listeners: listeners.addresses, ...(hasGraph(config) && { graphql: url + config.graphql.path }) },
        'Weir is ready',
      );
      return url;
    },
    async reload(next) {
      const opened = await openGeneration(next, parts, generation);
      const { supergraph } = opened;
      const problem = supergraph && problemOf(supergraph.status);
      const lacksGraph =
        supergraph !== undefined && (supergraph.current === undefined || liveCount(opened) < liveCount(generation));
      const replaced = lacksGraph ? opened : generation;
      if (!lacksGraph) {
        generation = opened;
        opened.takeOver();
        const keys = keysForRestart(config, next);
        if (keys.length > 0) logger.warn({ keys }, 'These keys have changed, and take effect at the next start only');
      }
      await replaced.close();
      return problem;
    },
    async close() {
      isDraining = true;
      listeners?.announceDrain();
      await new Promise((resolve) => setTimeout(resolve, generation.config.server.shutdownDelayMs));
      const inTime = (await listeners?.close()) ?? true;
      await generation.close();
      logger.info({ inTime }, 'Weir has stopped');
      await telemetry.close();
      return inTime;
    },
  };
}

function liveCount({ supergraph }: Generation): number {
  return supergraph?.status.upstreams.filter(({ state }) => state === 'live').length ?? 0;
}

function problemOf({ state, upstreams }: SupergraphStatus): string | undefined {
  if (state === 'ready') return undefined;
  const reasons = upstreams.map(({ reason }) => reason).filter(Boolean);
  return reasons.join('\n');
}
