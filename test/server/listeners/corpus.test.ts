import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ERRORS } from '../../../src/errors.ts';
import { findBreach } from '../../../src/server/listeners/framing.ts';
import { condemn } from '../../../src/server/listeners/refuse-connection.ts';
import { CORPUS } from './corpus.ts';
import { dial, readText, serve } from './serve.ts';

describe('what two servers could read in two ways', () => {
  for (const { name, bytes, status, seen } of CORPUS) {
    it(`${name}: ${status === 200 ? 'read in one' : `refused with ${status}`}`, async (t) => {
      const whole: string[] = [];
      const { port } = await serve(
        t,
        { port: 0 },
        {
          request(request, response) {
            const breach = findBreach(request, { maxHeaders: 100, maxHeadersSizeBytes: 32_768 });
            if (breach !== undefined) {
              condemn(request.socket);
              response.writeHead(ERRORS[breach.code].status, { connection: 'close' }).end();
              return;
            }
            let body = '';
            request.on('data', (chunk) => {
              body += chunk;
            });
            request.on('end', () => {
              whole.push(`${request.method} ${request.url} ${body}`);
              response.end('ok');
            });
          },
        },
      );
      const socket = dial(t, port());
      // What should have ended the connection and has not.
      socket.setTimeout(2_000, () => socket.destroy());
      socket.write(Buffer.from(bytes, 'latin1'));
      const answers = new RegExp(`(?:HTTP/1\\.1 [\\s\\S]*){${seen.length}}\\r\\n\\r\\nok$`);
      // What is refused must end the connection.
      const text = await readText(
        socket,
        status === 200 && name !== 'a request after one that closes' ? answers : undefined,
      );
      assert.equal(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), status, text);
      assert.deepEqual(whole, seen);
    });
  }
});
