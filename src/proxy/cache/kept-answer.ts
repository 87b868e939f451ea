import type { EncodedForms } from '../../content-coding/encoded-forms.ts';
import type { FieldLines } from '../field-lines.ts';

/** How long an answer may be given, in wall-clock milliseconds. */
export interface Terms {
  /** When its age was 0, since the epoch: when it was asked for, less the age that it came with (RFC 9111 §4.2.3). */
  readonly bornMs: number;
  /** Age below which it is fresh (RFC 9111 §4.2.1); 0: it must be validated before each use. */
  readonly freshMs: number;
  /** How long after that it is given while it is renewed (RFC 5861 §3). */
  readonly staleWhileRevalidateMs: number;
  /** How long after that it is given where the upstream fails (RFC 5861 §4). */
  readonly staleIfErrorMs: number;
  /** Whether it may be given stale to who says that it will do (RFC 9111 §4.2.4). */
  readonly mayBeStale: boolean;
}

/** An answer to GET as it is kept. Nothing changes it. */
export interface KeptAnswer extends Terms {
  readonly status: number;
  /** Without `age` and `set-cookie`; `content-length` is that of the body. */
  readonly headers: Readonly<FieldLines>;
  readonly body: Buffer;
  /** Where it is kept in this process. */
  readonly forms?: EncodedForms;
}

/** Milliseconds. A clock that was set back makes nothing younger than new. */
export function ageOf({ bornMs }: Terms, nowMs: number): number {
  return Math.max(0, nowMs - bornMs);
}

export function isFresh(terms: Terms, nowMs: number): boolean {
  return ageOf(terms, nowMs) < terms.freshMs;
}

export function mayStandInWhileRenewed(terms: Terms, nowMs: number): boolean {
  return ageOf(terms, nowMs) < terms.freshMs + terms.staleWhileRevalidateMs;
}

export function mayStandInForError(terms: Terms, nowMs: number): boolean {
  return ageOf(terms, nowMs) < terms.freshMs + terms.staleIfErrorMs;
}

/** How long an answer that has grown stale is kept for the sake of its validators, at least. */
const LEAST_FOR_VALIDATION_MS = 10 * 60_000;

/** Milliseconds since the epoch after which it is of no more use. */
export function endOf(kept: KeptAnswer): number {
  const { bornMs, freshMs, staleWhileRevalidateMs, staleIfErrorMs } = kept;
  const forValidation = hasValidator(kept.headers) ? Math.max(freshMs, LEAST_FOR_VALIDATION_MS) : 0;
  return bornMs + freshMs + Math.max(staleWhileRevalidateMs, staleIfErrorMs, forValidation);
}

/** Whether an upstream can be asked if it still holds (RFC 9110 §8.8). */
export function hasValidator(headers: Readonly<FieldLines>): boolean {
  return headers.some((name, at) => at % 2 === 0 && (name === 'etag' || name === 'last-modified'));
}
