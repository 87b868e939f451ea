import type { ServerResponse } from 'node:http';
import { isHttp2 } from '../edge/is-http2.ts';
import type { FieldFilter } from './field-filter.ts';

/** Hands an interim answer on, as far as the client's connection has a way for it: 102 and 103 (RFC 8297). */
export function sendInformational(
  outgoing: ServerResponse,
  status: number,
  lines: readonly string[],
  filter: FieldFilter,
): void {
  // Clients of HTTP/1.0 know no interim answers (RFC 9110 §15.2).
  if (outgoing.headersSent || outgoing.destroyed || outgoing.req.httpVersion === '1.0') return;
  if (status === 102 && !isHttp2(outgoing.req)) outgoing.writeProcessing();
  if (status !== 103) return;
  const hints: Record<string, string[]> = Object.create(null);
  for (let at = 0; at < lines.length; at += 2) {
    const name = filter.nameInAnswer(lines[at] as string);
    if (name === false) continue;
    const values = hints[name];
    if (values === undefined) hints[name] = [lines[at + 1] as string];
    else values.push(lines[at + 1] as string);
  }
  const { link, ...others } = hints;
  if (link === undefined) return;
  try {
    outgoing.writeEarlyHints({ link, ...others });
  } catch {
    // A hint in a form that the connection cannot write is no reason to fail: the final answer counts.
  }
}
