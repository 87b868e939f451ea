import type { CanaryDecision } from '../events.ts';

const TIMEOUT_MS = 5_000;

/** Posts a decision as JSON. Holds are not posted: they come with every interval and change nothing. */
export async function postDecision(url: string, upstream: string, decision: CanaryDecision): Promise<void> {
  if (decision.decision === 'hold') return;
  const { body, ok, status } = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ upstream, ...decision }),
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await body?.cancel();
  if (!ok) throw new Error(`Cannot post the canary decision to ${url}: got status ${status}`);
}
