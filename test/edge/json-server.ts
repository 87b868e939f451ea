import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A service that answers with JSON and remembers what it was asked. */
export class JsonServer {
  readonly received: ReceivedRequest[] = [];
  readonly #server: Server;
  answer: (request: ReceivedRequest) => { status?: number; body: unknown };

  private constructor(server: Server, answer: JsonServer['answer']) {
    this.#server = server;
    this.answer = answer;
    server.on('request', async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const received = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
      this.received.push(received);
      const { status = 200, body: content } = this.answer(received);
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify(content));
    });
  }

  static async start(answer: JsonServer['answer']): Promise<JsonServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new JsonServer(server, answer);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
