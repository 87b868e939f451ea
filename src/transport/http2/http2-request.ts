import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2';
import { Readable } from 'node:stream';
import type { Holder, WireRequest } from '../endpoint/wire-request.ts';
import { hasTrailers, readTrailers } from '../exchange/request-trailers.ts';
import { fieldLines, http2Headers } from './http2-headers.ts';

/**
 * Runs a request as one stream of a session and tells its handler.
 * @param onClose Called once when the stream is closed.
 * @param onSilence Called when the request is given up before an answer came.
 */
export function runHttp2Request(
  session: ClientHttp2Session,
  origin: URL,
  request: WireRequest,
  onClose: () => void,
  onSilence: () => void,
): void {
  const { outgoing, handler } = request;
  let stream: ClientHttp2Stream;
  try {
    const fields = http2Headers(outgoing.method, outgoing.target, origin, outgoing.headers);
    if (outgoing.expectsContinue === true) fields.expect = '100-continue';
    handler.onStart();
    const { body } = outgoing;
    stream = session.request(fields, { endStream: body === null, waitForTrailers: hasTrailers(body) });
    if (hasTrailers(body)) stream.on('wantTrailers', () => stream.sendTrailers(http2Trailers(readTrailers(body))));
  } catch (error) {
    request.fail(error as Error, false);
    onClose();
    return;
  }
  let answered = false;
  let trailers: string[] = [];
  const holder: Holder = {
    drop() {
      stream.close(constants.NGHTTP2_CANCEL);
      if (!answered) onSilence();
    },
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    sendBody() {
      if (isHeld) startBody();
    },
  };
  request.holder = holder;
  const isOver = () => request.holder !== holder;
  let isHeld = outgoing.expectsContinue === true;
  let stopBody = () => {};
  const startBody = (): void => {
    isHeld = false;
    stopBody = sendBody(stream, outgoing.body, (error) => {
      if (isOver()) return;
      stream.close(constants.NGHTTP2_CANCEL);
      request.fail(error, true);
    });
  };
  if (!isHeld) startBody();

  stream.on('headers', (headers, _flags, raw: string[] = []) => {
    if (!isOver()) handler.onInformational(Number(headers[':status']), fieldLines(raw));
  });
  stream.on('response', (headers, _flags, raw: string[] = []) => {
    answered = true;
    if (!isOver()) handler.onHead(Number(headers[':status']), '', fieldLines(raw));
  });
  stream.on('data', (chunk: Buffer) => {
    if (!isOver()) handler.onData(chunk);
  });
  stream.on('trailers', (_headers, _flags, raw: string[] = []) => {
    trailers = fieldLines(raw);
  });
  stream.on('end', () => {
    // A stream that was reset ends for its reader as well; `close` tells why.
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR || !answered || isOver()) return;
    request.holder = undefined;
    stopBody();
    handler.onEnd(trailers);
    // The answer is complete: what is left of an upload is of no use (RFC 9113 §8.1).
    if (!stream.writableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
  });
  let cause: Error | undefined;
  stream.on('error', (error: Error) => {
    cause = error;
  });
  stream.on('close', () => {
    stopBody();
    if (!isOver()) request.fail(closeError(stream.rstCode, cause), true);
    onClose();
  });
}

/** @returns Lets go of the body. */
function sendBody(
  stream: ClientHttp2Stream,
  body: Readable | Buffer | string | null,
  onFailure: (error: Error) => void,
): () => void {
  if (body === null) return () => {};
  if (!(body instanceof Readable)) {
    stream.end(body);
    return () => {};
  }
  const onError = (error: Error) => onFailure(uploadError('The body of the request broke off', error));
  const onClose = () => {
    if (!body.readableEnded) onFailure(uploadError('The body of the request ended early'));
  };
  body.on('error', onError).on('close', onClose).pipe(stream);
  return () => {
    body.unpipe(stream).off('close', onClose);
    if (!body.readableEnded && !body.destroyed) body.destroy();
  };
}

function http2Trailers(lines: readonly string[]): Record<string, string[]> {
  const trailers: Record<string, string[]> = Object.create(null);
  for (let at = 0; at < lines.length; at += 2) {
    const name = (lines[at] as string).toLowerCase();
    const values = trailers[name];
    if (values === undefined) trailers[name] = [lines[at + 1] as string];
    else values.push(lines[at + 1] as string);
  }
  return trailers;
}

function uploadError(message: string, cause?: Error): Error {
  return Object.assign(new Error(message, { cause }), { code: 'UPLOAD_FAILED' });
}

function closeError(rstCode: number, cause: Error | undefined): Error {
  // RFC 9113 §8.7: so marked streams were not processed; streams above the last id of a GOAWAY get the same code.
  if (rstCode === constants.NGHTTP2_REFUSED_STREAM)
    return new Error('The stream was refused: REFUSED_STREAM', { cause });
  return cause ?? new Error(`The stream was reset with HTTP/2 error ${rstCode}`);
}
