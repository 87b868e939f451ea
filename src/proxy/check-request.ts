import type { IncomingMessage } from 'node:http';
import type { RequestHead } from '../edge/edge.ts';
import type { NormalPath } from '../edge/normal-path.ts';
import { WeirError } from '../errors.ts';
import type { Route } from './route.ts';

/**
 * What a route refuses before anything of the body is read.
 * @throws {WeirError} `MALFORMED_PATH`, `URI_TOO_LONG`, `HEADERS_TOO_LARGE`, `CONTENT_TOO_LARGE`.
 */
export function checkRequest({ config }: Route, normal: NormalPath, request: IncomingMessage, head: RequestHead): void {
  if (normal.hasEncodedSlash && !config.allowInPath.includes('encoded_slash')) {
    throw new WeirError('MALFORMED_PATH', 'The path has an encoded slash');
  }
  if (normal.hasEmptySegment && !config.allowInPath.includes('empty_segment')) {
    throw new WeirError('MALFORMED_PATH', 'The path has an empty segment');
  }
  if ((request.url as string).length > config.maxUrlBytes) throw new WeirError('URI_TOO_LONG');
  if (sizeOfHeader(request.rawHeaders) > config.maxHeadersBytes) throw new WeirError('HEADERS_TOO_LARGE');
  const length = head.headers['content-length'];
  if (length !== undefined && Number(length) > config.maxBodyBytes) throw new WeirError('CONTENT_TOO_LARGE');
}

/** As HTTP/1.1 writes it: name, `: `, value, CRLF. */
function sizeOfHeader(raw: readonly string[]): number {
  let size = raw.length * 2;
  for (const part of raw) size += part.length;
  return size;
}
