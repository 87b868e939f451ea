import { isIPv6, type Socket } from 'node:net';

/** Where a connection comes from. `address` is `''` where that is a unix socket. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** Makes a socket tell, to everything that asks it, that it comes from where a trusted balancer said. */
export function presentPeer(socket: Socket, { address, port }: Peer): void {
  Object.defineProperties(socket, {
    remoteAddress: { value: address === '' ? undefined : address },
    remotePort: { value: port },
    remoteFamily: { value: isIPv6(address) ? 'IPv6' : 'IPv4' },
  });
}
