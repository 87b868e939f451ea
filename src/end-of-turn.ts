/** Something to be done at the end of a turn of the event loop. */
export interface TurnTask {
  endTurn(): void;
}

/** When so many wait, they are done before the end of the turn: the first in line has waited for them long enough. */
const MOST_WAITING = 32;

let waiting: TurnTask[] = [];

/**
 * Has something done at the end of this turn of the event loop: what connections have to write. To write to a peer that sleeps is to
 * wake it, which costs more than the write: where the writes of a turn come one after the other, the first wakes it and the rest find
 * it awake. The task is never done within this call.
 */
export function atEndOfTurn(task: TurnTask): void {
  if (waiting.length >= MOST_WAITING) endTurn();
  waiting.push(task);
  if (waiting.length === 1) setImmediate(endTurn);
}

function endTurn(): void {
  const tasks = waiting;
  waiting = [];
  let done = 0;
  try {
    for (const task of tasks) {
      done += 1;
      task.endTurn();
    }
  } finally {
    // One that throws takes no other with it.
    for (; done < tasks.length; done++) atEndOfTurn(tasks[done] as TurnTask);
  }
}
