import { WeirError } from '../../src/errors.ts';
import type { Upstream } from '../../src/transport/upstream.ts';

/** An upstream with one endpoint and no policies, over fetch. */
export function fetchUpstream(name: string, url: string): Upstream {
  return {
    name,
    async send(request, context) {
      try {
        const response = await fetch(url + request.path, {
          method: request.method,
          headers: request.headers,
          signal: context.signal,
          ...(request.body === undefined ? {} : { body: request.body }),
        });
        return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
      } catch (cause) {
        const code = context.signal.aborted ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNAVAILABLE';
        throw new WeirError(code, `Cannot reach ${url}`, { cause, upstream: name });
      }
    },
    stream: unsupported,
    upgrade: unsupported,
    async close() {},
  };
}

async function unsupported(): Promise<never> {
  throw new Error('Subgraphs only send');
}
