import { networkOf } from '../../edge/limits/limit-key.ts';

/** How many connections there may be, in all and from one address. */
export interface ConnectionCaps {
  /** Takes a place for a connection; gives `false` where there is none. Each place is to be given back by `leave`. */
  enter(): boolean;
  leave(): void;
  /** The same for the places of a client, or of its network where that is IPv6; an exempt one has as many as it wants. */
  enterClient(address: string): boolean;
  leaveClient(address: string): void;
}

/** @param isExempt addresses that many clients come from, such as those of balancers. */
export function createConnectionCaps(
  max: number,
  maxPerClient: number,
  isExempt: (address: string) => boolean,
): ConnectionCaps {
  let count = 0;
  const counts = new Map<string, number>();
  return {
    enter() {
      if (count >= max) return false;
      count += 1;
      return true;
    },
    leave() {
      count -= 1;
    },
    enterClient(address) {
      const client = networkOf(address);
      const own = counts.get(client) ?? 0;
      if (own >= maxPerClient && !isExempt(address)) return false;
      counts.set(client, own + 1);
      return true;
    },
    leaveClient(address) {
      const client = networkOf(address);
      const own = (counts.get(client) ?? 0) - 1;
      if (own <= 0) counts.delete(client);
      else counts.set(client, own);
    },
  };
}
