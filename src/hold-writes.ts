/** A connection, or what stands for one. */
export interface Corkable {
  cork(): void;
  uncork(): void;
}

/** So many are sent without waiting for the end of the turn: the first in line has waited for them long enough. */
const MOST_HELD = 32;

let held: Corkable[] = [];

/**
 * Holds what is written to a connection until the end of this turn of the event loop. To write to a peer that sleeps is to wake it, which
 * costs more than the write: where the writes of a turn come one after the other, the first wakes it and the rest find it awake.
 */
export function holdWrites(connection: Corkable): void {
  connection.cork();
  held.push(connection);
  if (held.length === 1) setImmediate(release);
  else if (held.length >= MOST_HELD) release();
}

function release(): void {
  const connections = held;
  held = [];
  for (const connection of connections) connection.uncork();
}
