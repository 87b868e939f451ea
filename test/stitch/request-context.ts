import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { RequestContext } from '../../src/edge/request-context.ts';

/** The context of an anonymous request without a deadline. */
export function requestContext(overrides: Partial<RequestContext> = {}): RequestContext {
  return {
    requestId: 'test',
    headers: {},
    clientAddress: '127.0.0.1',
    identity: null,
    signal: new AbortController().signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    traceContext: ROOT_CONTEXT,
    scoped: new Map(),
    ...overrides,
  };
}
