/** Something to be done at the end of a turn of the event loop. */
export interface TurnTask {
  /** Belongs to the line; `false` at first. A set of those in line would have to hash each of them. */
  isInLine: boolean;
  endTurn(): void;
}

/** When so many wait, they are done before the end of the turn: the first in line has waited for them long enough. */
const MOST_WAITING = 32;

let waiting: TurnTask[] = [];
let isDoing = false;

/**
 * Has something done at the end of this turn of the event loop: what connections have to write. To write to a peer that sleeps is to
 * wake it, which costs more than the write: where the writes of a turn come one after the other, the first wakes it and the rest find
 * it awake. A task stands in line once, and is never done within this call. What it throws is an uncaught exception, as of any other
 * callback, and no matter of the rest.
 */
export function atEndOfTurn(task: TurnTask): void {
  if (task.isInLine) return;
  task.isInLine = true;
  const isFull = waiting.length >= MOST_WAITING && !isDoing;
  const before = waiting;
  if (isFull) waiting = [];
  waiting.push(task);
  if (waiting.length === 1) setImmediate(endTurn);
  if (isFull) doAll(before);
}

function endTurn(): void {
  const tasks = waiting;
  waiting = [];
  doAll(tasks);
}

function doAll(tasks: readonly TurnTask[]): void {
  isDoing = true;
  for (const task of tasks) {
    task.isInLine = false;
    try {
      task.endTurn();
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
  isDoing = false;
}
