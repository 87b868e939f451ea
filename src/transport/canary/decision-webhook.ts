import type { CanaryDecision } from '../events.ts';

const TIMEOUT_MS = 5_000;

/** Posts a decision as JSON. Holds are not posted: they come with every interval and change nothing. */
export async function postDecision(url: string, upstream: string, decision: CanaryDecision): Promise<void> {
  if (decision.decision === 'hold') return;
  // Loaded for those that have a webhook. Not the `fetch` of the platform: it refuses ports that a webhook may well have.
  const { request } = await import('undici');
  const { body, statusCode } = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ upstream, ...decision }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await body.dump();
  if (statusCode >= 300) throw new Error(`Cannot post the canary decision to ${url}: got status ${statusCode}`);
}
