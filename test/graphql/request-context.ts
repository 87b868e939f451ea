import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Identity, RequestContext } from '../../src/edge/request-context.ts';

/** A request of a client with the scopes; `null`: of an anonymous one. */
export function requestOf(scopes: readonly string[] | null, more: Partial<Identity> = {}): RequestContext {
  return {
    requestId: 'request-1',
    headers: {},
    clientAddress: '127.0.0.1',
    identity: scopes && { subject: 'ada', kind: 'jwt', scopes, roles: [], claims: {}, ...more },
    signal: new AbortController().signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    traceContext: ROOT_CONTEXT,
    scoped: new Map(),
  };
}
