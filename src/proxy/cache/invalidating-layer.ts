import { Readable } from 'node:stream';
import type { RequestHead } from '../../edge/edge.ts';
import type { Layer } from '../route-exchange.ts';
import type { Asked } from './cache-key.ts';

/** RFC 9110 §9.2.1. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** Whether a request of one of the methods may change something; `undefined`: all methods. */
export function admitsUnsafe(methods: readonly string[] | undefined): boolean {
  return methods === undefined || methods.some((method) => !SAFE.has(method));
}

/**
 * A write that has succeeded, whatever route it came by, makes invalid what is kept for its URI (RFC 9111 §4.4).
 * @param cacheOf The cache of the route that a request with the head goes by.
 */
export function invalidatingLayer(
  cacheOf: (head: RequestHead) => { invalidate(asked: Asked): Promise<void> } | undefined,
): Layer {
  return {
    wrap: (next) => async (exchange) => {
      const { method, path, query, scope } = exchange;
      if (SAFE.has(method)) return next(exchange);
      const asked = { scope, path, query };
      const answer = await next(exchange);
      if (answer.status < 200 || answer.status >= 400) return answer;
      try {
        // Before the client hears of it, since it may read at once what it has written.
        await cacheOf({ ...scope.head, method: 'GET' })?.invalidate(asked);
      } catch (error) {
        if (answer.body instanceof Readable) answer.body.on('error', () => {}).destroy();
        throw error;
      }
      return answer;
    },
  };
}
