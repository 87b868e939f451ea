import { WeirError } from '../../errors.ts';
import type { UpstreamResponse } from '../../transport/upstream.ts';
import { readJson } from './json-text.ts';

/** An answer of a service with its body read; shared by all calls of one client request that ask for the same. */
export interface Answer {
  readonly status: number;
  readonly headers: UpstreamResponse['headers'];
  /** `undefined`: the body is not what its content type says. */
  readonly data: unknown;
  readonly problem: WeirError | undefined;
}

/** Reads a body: nothing is null, plain text a string, and all else has to be JSON. */
export function readAnswer({ status, headers, body }: UpstreamResponse, label: string, upstream: string): Answer {
  if (body === '') return { status, headers, data: null, problem: undefined };
  const contentType = [headers['content-type']].flat()[0] ?? '';
  if (/^text\/plain\b/i.test(contentType)) return { status, headers, data: body, problem: undefined };
  try {
    return { status, headers, data: readJson(body), problem: undefined };
  } catch (cause) {
    const message = `${label} got ${status} with a body that is not JSON (content-type: ${contentType || 'none'})`;
    const problem = new WeirError('UPSTREAM_BAD_RESPONSE', message, { upstream, cause });
    return { status, headers, data: undefined, problem };
  }
}
