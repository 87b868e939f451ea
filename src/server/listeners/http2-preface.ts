import type { Judge } from './read-ahead.ts';

/** RFC 9113 §3.4: no request of HTTP/1.1 begins like this. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** Whether a client without TLS speaks HTTP/2, which it knows from elsewhere (RFC 9113 §3.3). */
export const judgePreface: Judge<'h2' | 'http/1.1'> = (bytes) => {
  const known = Math.min(bytes.length, PREFACE.length);
  if (bytes.compare(PREFACE, 0, known, 0, known) !== 0) return { value: 'http/1.1', consumed: 0 };
  return known === PREFACE.length ? { value: 'h2', consumed: 0 } : undefined;
};
