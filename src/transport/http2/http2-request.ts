import type { IncomingHttpHeaders } from 'node:http';
import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { fieldLines, http2Headers } from './http2-headers.ts';

/** A request that waits for a connection, or runs on one. */
export interface Http2Request {
  readonly options: Dispatcher.DispatchOptions;
  readonly handler: Dispatcher.DispatchHandler;
}

/**
 * Runs a request as one stream of a session and tells its handler, as undici's dispatchers do.
 * @param onClose Called once when the stream is closed.
 * @param onSilence Called when the request is given up before an answer came.
 */
export function runHttp2Request(
  session: ClientHttp2Session,
  origin: URL,
  { options, handler }: Http2Request,
  onClose: () => void,
  onSilence: () => void,
): void {
  const controller = new Http2Controller(handler, onSilence);
  let stream: ClientHttp2Stream;
  try {
    handler.onRequestStart?.(controller, {});
    const { method, path, headers, body } = options;
    const fields = http2Headers(method, path, origin, (headers ?? []) as string[]);
    stream = session.request(fields, { endStream: body === null || body === undefined });
  } catch (error) {
    handler.onResponseError?.(controller, error as Error);
    onClose();
    return;
  }
  controller.stream = stream;
  const stopBody = sendBody(stream, options.body as Readable | Buffer | string | null, controller);
  const { bodyTimeout } = options;
  if (typeof bodyTimeout === 'number' && bodyTimeout > 0) {
    stream.setTimeout(bodyTimeout, () => controller.abort(idleError(bodyTimeout)));
  }

  stream.on('headers', (headers, _flags, raw: string[] = []) => {
    controller.rawHeaders = fieldLines(raw);
    handler.onResponseStart?.(controller, Number(headers[':status']), headers as IncomingHttpHeaders);
  });
  stream.on('response', (headers, _flags, raw: string[] = []) => {
    controller.answered = true;
    controller.rawHeaders = fieldLines(raw);
    const { ':status': status, ...fields } = headers;
    handler.onResponseStart?.(controller, Number(status), fields as IncomingHttpHeaders);
  });
  stream.on('data', (chunk: Buffer) => handler.onResponseData?.(controller, chunk));
  stream.on('trailers', (_headers, _flags, raw: string[] = []) => {
    controller.rawTrailers = fieldLines(raw);
  });
  stream.on('end', () => {
    // A stream that was reset ends for its reader as well; `close` tells why.
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR || !controller.answered || controller.done) return;
    controller.done = true;
    stopBody();
    handler.onResponseEnd?.(controller, {});
    // The answer is complete: what is left of an upload is of no use (RFC 9113 §8.1).
    if (!stream.writableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
  });
  let cause: Error | undefined;
  stream.on('error', (error: Error) => {
    cause = error;
  });
  stream.on('close', () => {
    stopBody();
    if (!controller.done) {
      controller.done = true;
      handler.onResponseError?.(controller, closeError(stream.rstCode, cause));
    }
    onClose();
  });
}

/** @returns Lets go of the body. */
function sendBody(
  stream: ClientHttp2Stream,
  body: Readable | Buffer | string | null | undefined,
  controller: Http2Controller,
): () => void {
  if (body === null || body === undefined) return () => {};
  if (!(body instanceof Readable)) {
    stream.end(body);
    return () => {};
  }
  const onError = (error: Error) => controller.abort(error);
  const onClose = () => {
    if (!body.readableEnded) controller.abort(new Error('The body of the request ended early'));
  };
  body.on('error', onError).on('close', onClose).pipe(stream);
  return () => {
    body.unpipe(stream).off('close', onClose);
    if (!body.readableEnded && !body.destroyed) body.destroy();
  };
}

function closeError(rstCode: number, cause: Error | undefined): Error {
  // RFC 9113 §8.7: so marked streams were not processed; streams above the last id of a GOAWAY get the same code.
  if (rstCode === constants.NGHTTP2_REFUSED_STREAM)
    return new Error('The stream was refused: REFUSED_STREAM', { cause });
  return cause ?? new Error(`The stream was reset with HTTP/2 error ${rstCode}`);
}

function idleError(ms: number): Error {
  return Object.assign(new Error(`Nothing came for ${ms} ms`), { code: 'UND_ERR_BODY_TIMEOUT' });
}

/** What a handler steers its stream with. */
class Http2Controller implements Dispatcher.DispatchController {
  stream: ClientHttp2Stream | undefined;
  rawHeaders: string[] | null = null;
  rawTrailers: string[] | null = null;
  aborted = false;
  reason: Error | null = null;
  answered = false;
  done = false;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #onSilence: () => void;

  constructor(handler: Dispatcher.DispatchHandler, onSilence: () => void) {
    this.#handler = handler;
    this.#onSilence = onSilence;
  }

  get paused(): boolean {
    return this.stream?.isPaused() ?? false;
  }

  abort(reason: Error): void {
    if (this.done) return;
    this.done = true;
    this.aborted = true;
    this.reason = reason;
    this.stream?.close(constants.NGHTTP2_CANCEL);
    if (!this.answered) this.#onSilence();
    this.#handler.onResponseError?.(this, reason);
  }

  pause(): void {
    this.stream?.pause();
  }

  resume(): void {
    this.stream?.resume();
  }
}
