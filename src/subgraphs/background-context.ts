import { randomUUID } from 'node:crypto';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { RequestContext } from '../edge/request-context.ts';

/** The context of work that no client asked for, such as reading a schema: anonymous, bounded only by `signal`. */
export function createBackgroundContext(signal: AbortSignal): RequestContext {
  return {
    requestId: randomUUID(),
    headers: {},
    clientAddress: '',
    identity: null,
    signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    traceContext: ROOT_CONTEXT,
    scoped: new Map(),
  };
}
