import type { UpstreamCredentials, UpstreamHeaders } from '../edge/forwarding/upstream-credentials.ts';
import type { RequestContext } from '../edge/request-context.ts';
import type { RequestRunner } from './run-request.ts';
import type { Answer, RunnableRequest } from './runnable-request.ts';

/**
 * Runs a request with the credentials of its upstream. Once more, whatever its method, where the upstream does not
 * take them (401: it has done nothing) and others can be had.
 * @throws {WeirError} See {@link Upstream.send}; `UPSTREAM_UNAVAILABLE` also where a credential cannot be had: nothing is sent then.
 */
export function runWithCredentials<R extends Answer>(
  runner: RequestRunner,
  credentials: UpstreamCredentials | undefined,
  context: RequestContext,
  make: (headers: UpstreamHeaders | undefined) => RunnableRequest<R>,
): Promise<R> {
  return credentials === undefined
    ? runner.run(make(undefined), context)
    : runTwice(runner, credentials, context, make);
}

async function runTwice<R extends Answer>(
  runner: RequestRunner,
  credentials: UpstreamCredentials,
  context: RequestContext,
  make: (headers: UpstreamHeaders | undefined) => RunnableRequest<R>,
): Promise<R> {
  const headers = await headersFor(credentials, context);
  const request = make(headers);
  const answer = await runner.run(request, context);
  if (headers === undefined || answer.status !== 401 || !request.replayable) return answer;
  if (!credentials.refused(headers)) return answer;
  request.discard(answer);
  return runner.run(make(await headersFor(credentials, context)), context);
}

/** `undefined`: the request was aborted meanwhile, as the runner tells. A token that others wait for too is still asked for. */
async function headersFor(
  credentials: UpstreamCredentials,
  context: RequestContext,
): Promise<UpstreamHeaders | undefined> {
  const pending = credentials.headersFor(context);
  if (!(pending instanceof Promise)) return pending;
  const aborted = Promise.withResolvers<undefined>();
  const onAbort = () => aborted.resolve(undefined);
  const { signal } = context;
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([pending, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Whoever is not waited for any more must not end the process.
    pending.catch(() => {});
  }
}
