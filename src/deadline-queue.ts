import { PatientTimer, type TimerClock } from './patient-timer.ts';

/** What is due at a time. The links belong to the queue that it stands in. */
export interface Deadline {
  dueMs: number;
  earlier: Deadline | undefined;
  later: Deadline | undefined;
  /** Called once for each {@link DeadlineQueue.add}, unless it is removed before. */
  onDue(nowMs: number): void;
}

/** `setTimeout` takes 32 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Deadlines of many requests behind one timer. Almost all are over long before they are due, and come in the order in which
 * they are due: to add and to remove one is to link and unlink it, and the timer is left alone.
 */
export class DeadlineQueue<T> {
  readonly #clock: TimerClock<T>;
  #first: Deadline | undefined;
  #last: Deadline | undefined;
  #timer: PatientTimer<T> | undefined;
  #timerMs = Number.POSITIVE_INFINITY;

  constructor(clock: TimerClock<T>) {
    this.#clock = clock;
  }

  /** @param dueMs On the scale of the clock; `Infinity`: never. */
  add(deadline: Deadline, dueMs: number): void {
    deadline.dueMs = dueMs;
    if (dueMs === Number.POSITIVE_INFINITY) return;
    let before = this.#last;
    while (before !== undefined && before.dueMs > dueMs) before = before.earlier;
    const after = before === undefined ? this.#first : before.later;
    deadline.earlier = before;
    deadline.later = after;
    if (before === undefined) this.#first = deadline;
    else before.later = deadline;
    if (after === undefined) this.#last = deadline;
    else after.earlier = deadline;
    if (dueMs < this.#timerMs) this.#arm(dueMs);
  }

  /** Does nothing where it does not stand in the queue. */
  remove(deadline: Deadline): void {
    const { earlier, later } = deadline;
    if (earlier === undefined && this.#first !== deadline) return;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    deadline.earlier = undefined;
    deadline.later = undefined;
  }

  #arm(dueMs: number): void {
    this.#timer?.clear();
    const nowMs = this.#clock.now();
    const delayMs = Math.min(Math.max(1, dueMs - nowMs), LONGEST_TIMER_MS);
    this.#timerMs = nowMs + delayMs;
    this.#timer = new PatientTimer(this.#clock, this.#expire, delayMs);
  }

  readonly #expire = (): void => {
    // Timers may be a fraction early: what they were set for is due.
    const nowMs = Math.max(this.#timerMs, this.#clock.now());
    this.#timer = undefined;
    this.#timerMs = Number.POSITIVE_INFINITY;
    let due = this.#first;
    while (due !== undefined && due.dueMs <= nowMs) {
      this.remove(due);
      due.onDue(nowMs);
      due = this.#first;
    }
    if (due !== undefined && due.dueMs < this.#timerMs) this.#arm(due.dueMs);
  };
}
