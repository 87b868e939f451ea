import { Readable } from 'node:stream';
import { WeirError } from '../errors.ts';

/**
 * The body of a request, whole.
 * @throws {WeirError} `CONTENT_TOO_LARGE` beyond `maxBytes`; the rest stays unread, and the connection ends with the answer.
 */
export async function readRequestBody(body: Readable | Buffer | null, maxBytes: number): Promise<Buffer> {
  const whole = await collect(body, maxBytes);
  if (whole === undefined) throw new WeirError('CONTENT_TOO_LARGE');
  return whole;
}

/**
 * The body of an answer, whole; its stream has ended then or is destroyed.
 * @throws {WeirError} `UPSTREAM_BAD_RESPONSE` beyond `maxBytes`. Other errors are those of the stream.
 */
export async function readAnswerBody(body: Readable | Buffer | null, maxBytes: number): Promise<Buffer> {
  const whole = await collect(body, maxBytes);
  if (whole !== undefined) return whole;
  if (body instanceof Readable) body.on('error', () => {}).destroy();
  throw new WeirError('UPSTREAM_BAD_RESPONSE', `The answer has more than ${maxBytes} bytes, and must be read whole`);
}

async function collect(body: Readable | Buffer | null, maxBytes: number): Promise<Buffer | undefined> {
  if (body === null) return EMPTY;
  if (!(body instanceof Readable)) return body.length > maxBytes ? undefined : body;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes);
}

const EMPTY = Buffer.alloc(0);
