import type { Limits } from './exchange.ts';
import { type OnInformational, StreamedExchange } from './streamed.ts';

/**
 * A try whose upload waits until the service asks for it (RFC 9110 §10.1.1). A service that answers before has not been sent
 * a byte of it; one that says nothing may not know of such waiting, and is sent it after a time.
 */
export class ExpectingExchange extends StreamedExchange {
  readonly #continueMs: number;
  readonly #onSend: () => void;
  #isHeld = true;
  #heldUntilMs = Number.POSITIVE_INFINITY;

  /**
   * @param continueMs Longest wait for 100 Continue once the head is out.
   * @param onSend The body is no longer untouched.
   */
  constructor(
    limits: Limits,
    idleMs: number,
    onInformational: OnInformational | undefined,
    continueMs: number,
    onSend: () => void,
  ) {
    super(limits, idleMs, onInformational);
    this.#continueMs = continueMs;
    this.#onSend = onSend;
  }

  override onStart(): void {
    super.onStart();
    this.#heldUntilMs = this.limits.clock.now() + this.#continueMs;
    this.reschedule(Math.min(this.dueMs, this.#heldUntilMs));
  }

  override onInformational(status: number, headers: readonly string[]): void {
    if (status === 100) this.#send();
    else super.onInformational(status, headers);
  }

  override onHead(status: number, statusText: string, headers: readonly string[]): void {
    this.#isHeld = false;
    super.onHead(status, statusText, headers);
  }

  override onDue(nowMs: number): void {
    if (nowMs >= this.#heldUntilMs) this.#send();
    super.onDue(nowMs);
  }

  #send(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#onSend();
    this.wire?.sendBody();
  }
}
