import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A server on a free port that keeps what it was sent; closed when the test ends. */
export interface RecordingServer {
  readonly url: string;
  readonly port: number;
  readonly server: http.Server;
  readonly requests: { method: string; url: string; headers: http.IncomingHttpHeaders; body: string }[];
}

export async function startServer(t: TestContext, answer: http.RequestListener): Promise<RecordingServer> {
  const requests: RecordingServer['requests'] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    const record = () =>
      requests.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
    request.on('end', () => {
      record();
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, server, requests };
}
