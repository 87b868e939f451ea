import { type TransportDefinition, transportSchema } from '../config/schema/transport.ts';
import type { RequestContext } from '../edge/request-context.ts';
import { type Clock, systemClock } from './clock.ts';
import { ConnectionPool } from './endpoint/connection-pool.ts';
import { Endpoint } from './endpoint/endpoint.ts';
import { systemResolver } from './endpoint/resolve-host.ts';
import { readTlsOptions } from './endpoint/tls-options.ts';
import { BufferedExchange } from './exchange/buffered.ts';
import { Failure } from './exchange/failure.ts';
import { errorOfFailure } from './failure-error.ts';
import type { HeaderRules } from './headers/compile-header-rules.ts';
import { RequestHeaders } from './headers/request-headers.ts';
import { endTrySpan, startTrySpan } from './try-span.ts';
import type { Upstream } from './upstream.ts';

/** The part of an upstream's config that says how it is reached; what is left out has the default of the files. */
export interface UpstreamTransportConfig extends Partial<TransportDefinition> {
  readonly name: string;
  readonly endpoints: readonly {
    readonly url: string;
    readonly weight?: number;
    readonly version?: string | undefined;
    readonly zone?: string | undefined;
  }[];
  readonly file?: string;
  readonly timeoutMs?: number;
  readonly headers?: Partial<HeaderRules>;
  readonly traffic?: { readonly maxBodyBytes?: number | undefined };
}

export interface UpstreamOptions {
  readonly clock?: Clock;
}

const DEFAULTS = transportSchema.parse({});

export function createUpstream(config: UpstreamTransportConfig, options: UpstreamOptions = {}): Upstream {
  const { name, timeoutMs = 30_000 } = config;
  const { clock = systemClock } = options;
  const settings: TransportDefinition = { ...DEFAULTS, ...config };
  const maxBodyBytes = config.traffic?.maxBodyBytes ?? Number.POSITIVE_INFINITY;
  const requestHeaders = new RequestHeaders({
    rules: { send: config.headers?.send ?? {}, forward: config.headers?.forward ?? [] },
    deadlineHeader: settings.timeouts.deadlineHeader,
  });
  const tls = readTlsOptions(settings.tls, config.file ?? '');
  const endpoints = config.endpoints.map(({ url, weight = 1, version, zone }) =>
    new Endpoint({
      url,
      weight,
      version,
      zone,
      pool: new ConnectionPool({
        origin: new URL(url).origin,
        connections: settings.connections,
        tls,
        clock,
        resolve: systemResolver(settings.connections.dnsTtlMs),
        onAddresses: () => {},
      }),
    }).retain(),
  );
  const accept = settings.connections.compression === 'gzip' ? 'gzip' : 'identity';

  return {
    name,
    async send(request, context: RequestContext) {
      const endpoint = endpoints[0] as Endpoint;
      if (context.signal.aborted) throw errorOfFailure(new Failure('aborted', false), name);
      const remainingMs = context.deadlineMs - clock.now();
      if (remainingMs <= 0) throw errorOfFailure(new Failure('deadline', false), name);
      const limitMs = request.timeoutMs ?? timeoutMs;
      const { method, encoding = 'utf8' } = request;
      const span = startTrySpan(context, {
        upstream: name,
        endpoint: endpoint.id,
        method,
        label: request.label,
        resendCount: 0,
      });
      const headers = requestHeaders.ofRecord(request.headers);
      headers.push('accept-encoding', accept);
      requestHeaders.addCommon(headers, context);
      const tryMs = Math.min(limitMs, remainingMs);
      requestHeaders.addOfTry(headers, span?.spanContext(), tryMs);
      const exchange = new BufferedExchange(
        {
          clock,
          signal: context.signal,
          deadlineMs: context.deadlineMs,
          timeoutMs: tryMs,
          timeoutKind: remainingMs < limitMs ? 'deadline' : 'timeout',
          headTimeoutMs: settings.timeouts.responseHeaderMs ?? Number.POSITIVE_INFINITY,
        },
        maxBodyBytes,
        encoding,
      );
      endpoint.inFlight++;
      endpoint.dispatch(
        {
          method,
          path: endpoint.target(request.path),
          headers,
          body:
            request.body === undefined
              ? null
              : encoding === 'utf8'
                ? request.body
                : Buffer.from(request.body, encoding),
        },
        exchange,
      );
      const answer = await exchange.result;
      endpoint.inFlight--;
      endTrySpan(span, context, answer instanceof Failure ? answer.kind : answer.status);
      if (answer instanceof Failure) throw errorOfFailure(answer, name);
      return answer;
    },
    stream() {
      throw new Error('Not reached');
    },
    upgrade() {
      throw new Error('Not reached');
    },
    async close() {
      await Promise.all(endpoints.map((endpoint) => endpoint.release()));
    },
  };
}
