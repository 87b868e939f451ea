import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { RequestContext } from '../../src/edge/request-context.ts';

export function contextOf(facts: Partial<RequestContext> = {}): RequestContext {
  return {
    requestId: '0190a0b0-0000-7000-8000-000000000001',
    headers: {},
    clientAddress: '192.0.2.1',
    identity: null,
    signal: new AbortController().signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    traceContext: ROOT_CONTEXT,
    scoped: new Map(),
    ...facts,
  };
}
