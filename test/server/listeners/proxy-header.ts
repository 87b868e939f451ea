import { isIPv6 } from 'node:net';

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const CLIENT_FIRST: Readonly<Record<number, (address: Buffer, port: number) => Buffer>> = {
  17: (address, port) => Buffer.concat([address, Buffer.from([10, 0, 0, 1]), ports(port)]),
  33: (address, port) => Buffer.concat([address, Buffer.alloc(16, 1), ports(port)]),
  49: () => Buffer.alloc(216, 0x2f),
};

/** A header as a balancer writes it. @param parts `payload`: what follows the length, instead of addresses and fields. */
export function proxyHeader(parts: {
  readonly command?: number;
  readonly family: number;
  readonly address?: string;
  readonly port?: number;
  readonly fields?: Buffer;
  readonly payload?: Buffer;
}): Buffer {
  const { command = 0x21, family, address, port = 0, fields = Buffer.alloc(0) } = parts;
  const addresses = address === undefined ? Buffer.alloc(0) : CLIENT_FIRST[family]?.(bytesOf(address), port);
  const payload = parts.payload ?? Buffer.concat([addresses ?? Buffer.from(bytesOf(address ?? '')), fields]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(payload.length);
  return Buffer.concat([SIGNATURE, Buffer.from([command, family]), length, payload]);
}

function ports(client: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16BE(client);
  bytes.writeUInt16BE(443, 2);
  return bytes;
}

function bytesOf(address: string): Buffer {
  if (address === '') return Buffer.alloc(0);
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const zeros = Array<number>(8 - groups(head).length - groups(tail).length).fill(0);
  return Buffer.from([...groups(head), ...zeros, ...groups(tail)].flatMap((group) => [group >> 8, group & 0xff]));
}
