import { Readable } from 'node:stream';
import type { Span } from '@opentelemetry/api';
import type { UpstreamHeaders } from '../edge/forwarding/upstream-credentials.ts';
import type { RequestContext } from '../edge/request-context.ts';
import type { Endpoint } from './endpoint/endpoint.ts';
import { BufferedExchange } from './exchange/buffered.ts';
import type { Exchange, Limits } from './exchange/exchange.ts';
import { ExpectingExchange } from './exchange/expecting.ts';
import { findField } from './exchange/find-field.ts';
import { StreamedExchange } from './exchange/streamed.ts';
import { UpgradeExchange } from './exchange/upgrade.ts';
import type { RequestHeaders } from './headers/request-headers.ts';
import { isIdempotent } from './retry/decide-retry.ts';
import type { RunnableRequest } from './runnable-request.ts';
import type {
  StreamedResponse,
  StreamRequest,
  UpgradedResponse,
  UpgradeRequest,
  UpstreamRequest,
  UpstreamResponse,
} from './upstream.ts';

/** What all requests to an upstream share. */
export interface RequestSettings {
  readonly headers: RequestHeaders;
  /** Milliseconds for a whole exchange. */
  readonly timeoutMs: number;
  /** The same where a streamed body is sent. */
  readonly uploadTimeoutMs: number;
  /** Longest wait for 100 Continue. */
  readonly continueMs: number;
  /** Longest silence of a streamed answer. */
  readonly idleMs: number;
  readonly maxBodyBytes: number;
  /** Value of `Accept-Encoding` of buffered requests. */
  readonly acceptEncoding: string;
  /** Whether anything is ever sent twice. */
  readonly repeats: boolean;
  /** Larger bodies are not sent twice. */
  readonly maxReplayBytes: number;
  /** In lower case. */
  readonly idempotencyHeader: string | undefined;
}

/** The request of {@link Upstream.send} for the runner. */
export function bufferedRequest(
  request: UpstreamRequest,
  context: RequestContext,
  settings: RequestSettings,
  credentials: UpstreamHeaders | undefined,
): RunnableRequest<UpstreamResponse> {
  const { method, path, body, encoding = 'utf8' } = request;
  const common = settings.headers.ofRecord(request.headers);
  if (request.headers['accept-encoding'] === undefined) common.push('accept-encoding', settings.acceptEncoding);
  settings.headers.addCommon(common, context, credentials);
  const bytes = body === undefined || encoding === 'utf8' ? body : Buffer.from(body, encoding);
  const { idempotencyHeader, timeoutMs, maxReplayBytes } = settings;
  const maxBodyBytes = Math.min(request.maxBodyBytes ?? Number.POSITIVE_INFINITY, settings.maxBodyBytes);
  const idempotent =
    request.idempotent ??
    (isIdempotent(method) || (idempotencyHeader !== undefined && common.includes(idempotencyHeader)));
  const replayable = body === undefined || body.length <= maxReplayBytes;
  const isRepeatable = settings.repeats && idempotent && replayable;
  return {
    method,
    label: request.label,
    priority: request.priority,
    timeoutMs: request.timeoutMs ?? timeoutMs,
    idempotent,
    replayable,
    mayHedge: true,
    start(endpoint, limits, span) {
      const exchange = new BufferedExchange(limits, maxBodyBytes, encoding);
      const headers = headersOfTry(common, limits, span, settings);
      exchange.start(endpoint, { method, target: endpoint.target(path), headers, body: bytes ?? null, isRepeatable });
      return exchange;
    },
    discard: () => {},
    retryAfter: ({ headers }) => headers['retry-after'] as string | undefined,
    addCookie({ headers }, cookie) {
      headers['set-cookie'] = [headers['set-cookie'] ?? [], cookie].flat();
    },
  };
}

/** The request of {@link Upstream.stream} for the runner. */
export function streamedRequest(
  request: StreamRequest,
  context: RequestContext,
  settings: RequestSettings,
  credentials: UpstreamHeaders | undefined,
): RunnableRequest<StreamedResponse> {
  const { method, path, body, onInformational } = request;
  const isStream = body instanceof Readable;
  const expects = isStream && request.expectsContinue === true;
  const common = settings.headers.ofPairs(request.headers);
  settings.headers.addCommon(common, context, credentials);
  const idempotent = request.idempotent ?? (isIdempotent(method) || hasIdempotencyKey(common, settings));
  const replayable = isStream ? expects : body === null || body.length <= settings.maxReplayBytes;
  const isRepeatable = settings.repeats && idempotent && replayable && !isStream;
  const runnable = {
    method,
    label: request.label,
    priority: request.priority,
    timeoutMs: request.timeoutMs ?? (isStream ? settings.uploadTimeoutMs : settings.timeoutMs),
    idempotent,
    // An accessor would give each of these objects a shape of its own.
    replayable,
    mayHedge: !isStream,
    start(endpoint: Endpoint, limits: Limits, span: Span | undefined): Exchange<StreamedResponse> {
      const { idleMs, continueMs } = settings;
      const target = endpoint.target(path);
      const headers = headersOfTry(common, limits, span, settings);
      if (!expects || !runnable.replayable) {
        const exchange = new StreamedExchange(limits, idleMs, onInformational);
        exchange.start(endpoint, { method, target, headers, body, isRepeatable });
        return exchange;
      }
      const onSend = (): void => {
        runnable.replayable = false;
      };
      const exchange = new ExpectingExchange(limits, idleMs, onInformational, continueMs, onSend);
      exchange.start(endpoint, { method, target, headers, body, isRepeatable, expectsContinue: true });
      return exchange;
    },
    discard: discardStream,
    retryAfter: retryAfterOf,
    addCookie: addCookieLine,
  };
  return runnable;
}

/** The request of {@link Upstream.upgrade} for the runner. */
export function upgradeRequest(
  request: UpgradeRequest,
  context: RequestContext,
  settings: RequestSettings,
  credentials: UpstreamHeaders | undefined,
): RunnableRequest<UpgradedResponse | StreamedResponse> {
  const { method, path, protocol } = request;
  const common = settings.headers.ofPairs(request.headers);
  settings.headers.addCommon(common, context, credentials);
  return {
    method,
    label: request.label,
    priority: request.priority,
    timeoutMs: request.timeoutMs ?? settings.timeoutMs,
    idempotent: isIdempotent(method),
    replayable: true,
    mayHedge: true,
    start(endpoint, limits, span) {
      const exchange = new UpgradeExchange(limits, settings.idleMs, undefined);
      const target = endpoint.target(path);
      const headers = headersOfTry(common, limits, span, settings);
      exchange.start(endpoint, { method, target, headers, body: null, isRepeatable: false, upgrade: protocol });
      return exchange;
    },
    discard(answer) {
      if ('socket' in answer) answer.socket.destroy();
      else discardStream(answer);
    },
    retryAfter: retryAfterOf,
    addCookie: addCookieLine,
  };
}

/** A copy for each try: what differs from try to try comes at the end. */
function headersOfTry(
  common: readonly string[],
  limits: Limits,
  span: Span | undefined,
  settings: RequestSettings,
): string[] {
  const headers = common.slice();
  const remainingMs = Math.min(limits.timeoutMs, limits.deadlineMs - limits.startedMs);
  settings.headers.addOfTry(headers, span?.spanContext(), remainingMs);
  return headers;
}

function discardStream({ body }: StreamedResponse): void {
  // Read to its end, so that the connection stays of use; the limits of the exchange hold on.
  body.on('error', () => {}).resume();
}

function retryAfterOf({ headers }: { readonly headers: readonly string[] }): string | undefined {
  return findField(headers, 'retry-after');
}

function addCookieLine(answer: { headers: readonly string[] }, cookie: string): void {
  answer.headers = [...answer.headers, 'set-cookie', cookie];
}

function hasIdempotencyKey(pairs: readonly string[], { idempotencyHeader }: RequestSettings): boolean {
  return idempotencyHeader !== undefined && findField(pairs, idempotencyHeader) !== undefined;
}
