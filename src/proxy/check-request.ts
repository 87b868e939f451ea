import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { RequestHead } from '../edge/edge.ts';
import { foldHeaderName } from '../edge/header-names.ts';
import type { NormalPath } from '../edge/normal-path.ts';
import { WeirError } from '../errors.ts';
import type { Route } from './route.ts';

/**
 * What a route refuses before anything of the body is read.
 * @throws {WeirError} `MALFORMED_PATH`, `AMBIGUOUS_HEADER`, `URI_TOO_LONG`, `HEADERS_TOO_LARGE`, `CONTENT_TOO_LARGE`.
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
  if (head.headers !== request.headers) refuseOtherSpellings(request.headers, head.headers);
  const length = head.headers['content-length'];
  if (length !== undefined && Number(length) > config.maxBodyBytes) throw new WeirError('CONTENT_TOO_LARGE');
}

/** The edge has removed what only the gateway may say. In its own spelling that is no offence: proxies before this one do so too. */
function refuseOtherSpellings(sent: IncomingHttpHeaders, kept: RequestHead['headers']): void {
  for (const name of Object.keys(sent)) {
    if (kept[name] !== undefined || name.startsWith(':') || foldHeaderName(name) === name) continue;
    throw new WeirError('AMBIGUOUS_HEADER', `The header "${name}" may be read as another`);
  }
}

/** As HTTP/1.1 writes it: name, `: `, value, CRLF. */
function sizeOfHeader(raw: readonly string[]): number {
  let size = raw.length * 2;
  for (const part of raw) size += part.length;
  return size;
}
