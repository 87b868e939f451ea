import { Socket, type SocketConstructorOpts } from 'node:net';

/** The beginning of a connection's bytes, or the next of them. The memory is used again once this returns. */
export type OnBytes = (bytes: Buffer) => void;

/** What all connections are read into, one after the other; as much as Node reads at a time. */
const SHARED = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * A connection of a client that is read without a stream between: `net.connect` has `onread` for that, a server has nothing. Each
 * piece that a stream brings has memory of its own, which costs as much as all that is done with the few bytes of a request.
 */
export class DirectSocket extends Socket {
  /** `undefined`: the connection is a stream like any other. */
  onBytes: OnBytes | undefined;

  constructor(handle: unknown) {
    let take: ((length: number) => boolean) | undefined;
    const onread = { buffer: SHARED, callback: (length: number) => take?.(length) ?? true };
    super({ handle, allowHalfOpen: true, onread } as SocketConstructorOpts);
    take = (length) => {
      const bytes = SHARED.subarray(0, length);
      if (this.onBytes === undefined) return this.push(Buffer.from(bytes));
      this.onBytes(bytes);
      return true;
    };
  }
}

interface WithHandle {
  _handle?: { readonly useUserBuffer?: unknown } | null;
}

/**
 * Takes the connection from the socket that a server has made of it. Its handle is not of Node's public interface: where it is not as
 * expected, the socket stays as it is.
 */
export function readDirectly(accepted: Socket): Socket {
  const { _handle: handle } = accepted as unknown as WithHandle;
  if (typeof handle?.useUserBuffer !== 'function') return accepted;
  (accepted as unknown as WithHandle)._handle = null;
  return new DirectSocket(handle);
}
