import type { IncomingMessage } from 'node:http';
import { isHttp2 } from '../../edge/is-http2.ts';
import { type ErrorCode, WeirError } from '../../errors.ts';

export interface HeaderLimits {
  /** Most fields. Node keeps no more of them than that and one, so that one too many is seen here. */
  readonly maxHeaders: number;
  /** Most bytes of all fields. */
  readonly maxHeadersSizeBytes: number;
}

/**
 * Finds what makes a request one that two servers could read in two ways. Node's parser is strict and has refused most of it
 * before; this is what it leaves, and what it must not begin to let through.
 *
 * Brings the target into origin-form (RFC 9112 §3.2.1), so that everything behind it knows one form.
 */
export function findBreach(request: IncomingMessage, limits: HeaderLimits): WeirError | undefined {
  const { rawHeaders } = request;
  if (rawHeaders.length > limits.maxHeaders * 2) {
    return refuse('HEADERS_TOO_LARGE', `At most ${limits.maxHeaders} header fields are admitted`);
  }
  const isOfHttp2 = isHttp2(request);
  return (
    (isOfHttp2 ? checkSize(rawHeaders, limits) : checkVersion(request)) ??
    checkRepeated(rawHeaders) ??
    checkBodyFraming(request, isOfHttp2) ??
    checkTarget(request, isOfHttp2) ??
    checkExpectation(request)
  );
}

function refuse(code: ErrorCode, message: string): WeirError {
  return new WeirError(code, message);
}

const malformed = (message: string): WeirError => refuse('MALFORMED_REQUEST', message);

/** The parser of HTTP/1.1 counts for itself. In HTTP/2 it is only what the client has acknowledged that binds it. */
function checkSize(rawHeaders: readonly string[], { maxHeadersSizeBytes }: HeaderLimits): WeirError | undefined {
  let bytes = 0;
  for (const part of rawHeaders) bytes += part.length;
  return bytes > maxHeadersSizeBytes
    ? refuse('HEADERS_TOO_LARGE', 'The header is larger than the gateway admits')
    : undefined;
}

function checkVersion({ httpVersion, method }: IncomingMessage): WeirError | undefined {
  // The parser admits `SOURCE` for the sake of ICE, which is not HTTP.
  if (method === 'SOURCE') return refuse('NOT_IMPLEMENTED', 'The method "SOURCE" is not of HTTP');
  if (httpVersion === '1.1' || httpVersion === '1.0') return undefined;
  return refuse('HTTP_VERSION_NOT_SUPPORTED', `HTTP/1.1 and HTTP/1.0 are spoken here, got HTTP/${httpVersion}`);
}

/**
 * Fields of one value (RFC 9110 §5.3) that decide where a request goes, where it ends or who sent it: no two may be there. By
 * their lengths, which all differ: most other names are told apart by that alone.
 */
const SINGLE: string[] = [];
for (const name of [
  'host',
  'content-type',
  'authorization',
  'content-length',
  'transfer-encoding',
  'proxy-authorization',
]) {
  SINGLE[name.length] = name;
}

function checkRepeated(rawHeaders: readonly string[]): WeirError | undefined {
  let seen = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const written = rawHeaders[at] as string;
    const { length } = written;
    const single = SINGLE[length];
    if (single === undefined || (written !== single && written.toLowerCase() !== single)) continue;
    if ((seen & (1 << length)) !== 0) return malformed(`The field "${single}" may come once`);
    seen |= 1 << length;
  }
  return undefined;
}

function checkBodyFraming({ headers, httpVersion }: IncomingMessage, isOfHttp2: boolean): WeirError | undefined {
  const length = headers['content-length'];
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return malformed('"content-length" must be one number');
  const coding = headers['transfer-encoding'];
  if (coding === undefined) {
    // What follows an upgrade is of the other protocol: nobody could say which part of it is a body.
    const hasBody = length !== undefined && Number(length) > 0;
    return hasBody && headers.upgrade !== undefined ? malformed('A request to upgrade must have no body') : undefined;
  }
  if (isOfHttp2) return malformed('"transfer-encoding" is not of HTTP/2');
  // RFC 9112 §6.1, §6.3
  if (httpVersion === '1.0') return malformed('"transfer-encoding" is not of HTTP/1.0');
  if (length !== undefined) return malformed('"content-length" and "transfer-encoding" exclude each other');
  if (headers.upgrade !== undefined) return malformed('A request to upgrade must have no body');
  if (coding.toLowerCase() === 'chunked') return undefined;
  return /^(?!chunked\b)[a-z]+(?:[ \t]*,[ \t]*(?!chunked\b.)[a-z]+)*[ \t]*,[ \t]*chunked$/i.test(coding)
    ? refuse('NOT_IMPLEMENTED', 'The only transfer coding that is known is "chunked"')
    : malformed('"transfer-encoding" must be "chunked"');
}

/** RFC 3986 §3.2.2 and a port. User information has no place in HTTP (RFC 9110 §4.2.4). */
const AUTHORITY = /^(?:[a-z0-9._~!$&'()*+;=%-]+|\[[0-9a-f:.]+\])(?::\d{0,5})?$/i;
/** Printable ASCII without `#`: fragments are the client's own. */
const TARGET = /^[!-"$-~]+$/;

function checkTarget(request: IncomingMessage, isOfHttp2: boolean): WeirError | undefined {
  const { headers, httpVersion } = request;
  const target = request.url ?? '';
  if (!TARGET.test(target)) return malformed('The target must be of printable ASCII characters, without "#"');
  const host = isOfHttp2 ? authorityOf(request) : headers.host;
  if (host instanceof WeirError) return host;
  if (host === undefined) {
    // RFC 9112 §3.2
    return httpVersion === '1.0' && target.startsWith('/') ? undefined : malformed('"host" is missing');
  }
  if (!AUTHORITY.test(host)) return malformed('"host" must be a name or an address, and may have a port');
  if (target.startsWith('/')) return undefined;
  if (target === '*') return request.method === 'OPTIONS' ? undefined : malformed('The target "*" is for OPTIONS');
  if (isOfHttp2) return malformed('The target must begin with "/"');
  const absolute = /^https?:\/\/([^/?]*)(.*)$/i.exec(target);
  if (absolute === null) return malformed('The target must begin with "/"');
  const [, authority = '', rest = ''] = absolute;
  if (authority.toLowerCase() !== headers.host?.toLowerCase()) return malformed('The target and "host" must agree');
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  return undefined;
}

/** RFC 9110 §10.1.1: there is one expectation, and clients of HTTP/1.0 have none. */
function checkExpectation({ headers: { expect }, httpVersion }: IncomingMessage): WeirError | undefined {
  if (expect === undefined || httpVersion === '1.0' || expect.toLowerCase() === '100-continue') return undefined;
  return refuse('EXPECTATION_FAILED', 'The only expectation that is known is "100-continue"');
}

/** In HTTP/2 `:authority` and `host` say the same thing, and must not say two (RFC 9113 §8.3.1). */
function authorityOf({ headers }: IncomingMessage): string | WeirError | undefined {
  const { host } = headers;
  const authority = headers[':authority'] as string | undefined;
  const scheme = headers[':scheme'];
  if (scheme !== 'https' && scheme !== 'http') return malformed('":scheme" must be "https" or "http"');
  if (authority === undefined) return host;
  if (host !== undefined && host.toLowerCase() !== authority.toLowerCase()) {
    return malformed('":authority" and "host" must agree');
  }
  return authority;
}
