/** Something to be done at the end of a turn of the event loop. */
export interface TurnTask {
  endTurn(): void;
}

/** So many are done without waiting for the end of the turn: the first in line has waited for them long enough. */
const MOST_WAITING = 32;

let waiting: TurnTask[] = [];

/**
 * Has something done at the end of this turn of the event loop: what connections have to write. To write to a peer that sleeps is to
 * wake it, which costs more than the write: where the writes of a turn come one after the other, the first wakes it and the rest find
 * it awake.
 */
export function atEndOfTurn(task: TurnTask): void {
  waiting.push(task);
  if (waiting.length === 1) setImmediate(endTurn);
  else if (waiting.length >= MOST_WAITING) endTurn();
}

function endTurn(): void {
  const tasks = waiting;
  waiting = [];
  for (const task of tasks) task.endTurn();
}
