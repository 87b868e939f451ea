import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';

/** A service that echoes each message, and keeps what it was asked with and how its connections ended. */
export interface WebsocketService {
  readonly url: string;
  readonly requests: http.IncomingMessage[];
  readonly sockets: Duplex[];
  /** Codes of the close frames that came. */
  readonly closeCodes: number[];
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export async function startWebsocketService(t: TestContext): Promise<WebsocketService> {
  const requests: http.IncomingMessage[] = [];
  const sockets: Duplex[] = [];
  const closeCodes: number[] = [];
  const server = http.createServer((_, response) => response.writeHead(404).end('no'));
  server.on('upgrade', (request: http.IncomingMessage, socket: Duplex, head: Buffer) => {
    requests.push(request);
    if (request.url === '/declined') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-Why: own\r\n\r\nno');
      return;
    }
    sockets.push(socket);
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64');
    const [protocol] = (request.headers['sec-websocket-protocol'] ?? '').split(',');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n` +
        `${protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : ''}\r\n`,
    );
    let rest = head;
    const take = (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const frame = readFrame(rest);
        if (frame === undefined) return;
        rest = rest.subarray(frame.bytes);
        if (frame.opcode === 8) {
          closeCodes.push(frame.payload.readUInt16BE(0));
          socket.end(frameOf(8, frame.payload));
        } else socket.write(frameOf(frame.opcode, frame.payload));
      }
    };
    take(Buffer.alloc(0));
    socket
      .on('data', take)
      .on('end', () => socket.end())
      .on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, sockets, closeCodes };
}

/** A frame of a server: not masked. */
export function frameOf(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const header = length < 126 ? [0x80 | opcode, length] : [0x80 | opcode, 126, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from(header), payload]);
}

function readFrame(bytes: Buffer): { opcode: number; payload: Buffer; bytes: number } | undefined {
  if (bytes.length < 6) return undefined;
  let at = 2;
  let length = (bytes[1] as number) & 0x7f;
  if (length === 126) {
    length = bytes.readUInt16BE(2);
    at = 4;
  }
  const mask = bytes.subarray(at, at + 4);
  at += 4;
  if (bytes.length < at + length) return undefined;
  const payload = Buffer.from(bytes.subarray(at, at + length).map((byte, index) => byte ^ (mask[index % 4] as number)));
  return { opcode: (bytes[0] as number) & 0x0f, payload, bytes: at + length };
}
