/** Something to be done at the end of a turn of the event loop. */
export interface TurnTask {
  endTurn(): void;
}

/** When so many wait, they are done before the end of the turn: the first in line has waited for them long enough. */
const MOST_WAITING = 32;

let waiting = new Set<TurnTask>();
let isDoing = false;

/**
 * Has something done at the end of this turn of the event loop: what connections have to write. To write to a peer that sleeps is to
 * wake it, which costs more than the write: where the writes of a turn come one after the other, the first wakes it and the rest find
 * it awake. A task stands in line once, and is never done within this call. What it throws is an uncaught exception, as of any other
 * callback, and no matter of the rest.
 */
export function atEndOfTurn(task: TurnTask): void {
  if (waiting.has(task)) return;
  const isFull = waiting.size >= MOST_WAITING && !isDoing;
  const before = waiting;
  if (isFull) waiting = new Set();
  waiting.add(task);
  if (waiting.size === 1) setImmediate(endTurn);
  if (isFull) doAll(before);
}

function endTurn(): void {
  const tasks = waiting;
  waiting = new Set();
  doAll(tasks);
}

function doAll(tasks: Set<TurnTask>): void {
  isDoing = true;
  for (const task of tasks) {
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
