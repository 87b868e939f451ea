import { ERRORS, WeirError } from '../../errors.ts';
import type { UpstreamResponse } from '../../transport/upstream.ts';
import type { SubgraphError, SubgraphResult } from '../subgraph.ts';

/** Characters of an unusable answer that go into the error's message, for the log. */
const EXCERPT_LENGTH = 120;

/**
 * Reads an HTTP answer as a GraphQL response (GraphQL over HTTP, 6.4). The body decides, not the media type or the status:
 * many servers send `text/plain`, or errors with any status, and a well-formed GraphQL response is one all the same.
 * @throws {WeirError} `UPSTREAM_UNAVAILABLE` or `UPSTREAM_TIMEOUT` for 502, 503, 504 and 429, otherwise `UPSTREAM_BAD_RESPONSE`;
 *   each where the body is no GraphQL response.
 */
export function parseGraphqlResponse(response: UpstreamResponse, upstream: string): SubgraphResult {
  let body: unknown;
  try {
    body = JSON.parse(response.body);
  } catch (cause) {
    throw unusable(response, upstream, 'not JSON', cause);
  }
  if (!isObject(body)) throw unusable(response, upstream, 'JSON but no object');
  const { data, extensions } = body;
  if (data !== undefined && data !== null && !isObject(data)) {
    throw unusable(response, upstream, 'no GraphQL response: "data" is no object');
  }
  const errors = readErrors(body.errors, response, upstream);
  if (data === undefined && errors === undefined) {
    throw unusable(response, upstream, 'no GraphQL response: neither "data" nor "errors"');
  }
  if (data === null && errors === undefined) {
    throw unusable(response, upstream, 'no GraphQL response: "data" is null without "errors"');
  }
  return {
    data: data ?? null,
    ...(errors === undefined ? {} : { errors }),
    ...(isObject(extensions) ? { extensions } : {}),
  };
}

/** `null` and `[]` break the specification (GraphQL §7.1.2) and mean nothing else than no errors. */
function readErrors(value: unknown, response: UpstreamResponse, upstream: string): SubgraphError[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw unusable(response, upstream, 'no GraphQL response: "errors" is no list');
  if (value.length === 0) return undefined;
  return value.map((error: unknown) => {
    if (!isObject(error)) throw unusable(response, upstream, 'no GraphQL response: an entry of "errors" is no object');
    const { message, path, extensions } = error;
    // Locations are left out: they point into the subgraph operation, which no client has seen.
    return {
      message: typeof message === 'string' ? message : ERRORS.UPSTREAM_ERROR.message,
      ...(isPath(path) ? { path } : {}),
      ...(isObject(extensions) ? { extensions } : {}),
    };
  });
}

function unusable(response: UpstreamResponse, upstream: string, what: string, cause?: unknown): WeirError {
  const message = `Cannot use the answer of upstream "${upstream}": ${what}; ${describeResponse(response)}`;
  return new WeirError(codeOf(response.status), message, { upstream, ...(cause === undefined ? {} : { cause }) });
}

function codeOf(status: number): 'UPSTREAM_TIMEOUT' | 'UPSTREAM_UNAVAILABLE' | 'UPSTREAM_BAD_RESPONSE' {
  if (status === 504) return 'UPSTREAM_TIMEOUT';
  return status === 502 || status === 503 || status === 429 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_BAD_RESPONSE';
}

/** Status, media type and the first characters of an answer, on one line; for messages to operators. */
function describeResponse(response: UpstreamResponse): string {
  const type = response.headers['content-type'] ?? 'no content type';
  const excerpt = response.body.slice(0, EXCERPT_LENGTH).replace(/\s+/g, ' ').trim();
  const shown =
    excerpt === '' ? 'an empty body' : JSON.stringify(response.body.length > EXCERPT_LENGTH ? `${excerpt}…` : excerpt);
  return `HTTP ${response.status}, ${String(type)}, ${shown}`;
}

function isPath(value: unknown): value is (string | number)[] {
  return Array.isArray(value) && value.every((key) => typeof key === 'string' || typeof key === 'number');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
