import { ResponseParser, type ResponseSink } from '../../../src/transport/http1/response-parser.ts';

/** What a parser told of one answer. */
export interface ReadAnswer {
  informational: number[];
  status: number;
  reason: string;
  fields: string[];
  body: string;
  trailers: readonly string[];
  surplus: boolean;
  keepsAlive: boolean;
  switched: string | undefined;
}

export interface ReadOptions {
  readonly method?: string;
  readonly protocol?: string;
  /** Whether the service closes the connection after the bytes. Default: it does not. */
  readonly closes?: boolean;
  /** Whether pieces are handed to the parser to keep. */
  readonly owned?: boolean;
}

/**
 * Gives the pieces to a parser, each in a buffer that holds other bytes after it and is overwritten when it was read.
 * @returns `undefined`: the answer is not complete.
 */
export function readAnswer(pieces: readonly Buffer[], options: ReadOptions = {}): ReadAnswer | undefined {
  const { method = 'GET', protocol, closes = false, owned = false } = options;
  const answer: ReadAnswer = {
    informational: [],
    status: 0,
    reason: '',
    fields: [],
    body: '',
    trailers: [],
    surplus: false,
    keepsAlive: false,
    switched: undefined,
  };
  let complete = false;
  const chunks: Buffer[] = [];
  const sink: ResponseSink = {
    onInformational: ({ status }) => answer.informational.push(status),
    onHead({ status, reason, fields, keepsAlive }) {
      Object.assign(answer, { status, reason, fields, keepsAlive });
    },
    onBody: (chunk) => chunks.push(chunk),
    onComplete(trailers, surplus) {
      Object.assign(answer, { trailers, surplus });
      complete = true;
    },
    onSwitch({ status, fields }, rest) {
      Object.assign(answer, { status, fields, switched: rest.toString('latin1') });
      complete = true;
    },
  };
  const parser = new ResponseParser(sink);
  parser.begin(method, protocol);
  for (const piece of pieces) {
    const buffer = Buffer.concat([piece, Buffer.from('\r\n\r\nHTTP/1.1 666 Stale\r\n\r\n')]);
    parser.execute(buffer, piece.length, owned);
    if (!owned) buffer.fill('#');
  }
  if (closes) parser.finish();
  if (!complete) return undefined;
  answer.body = Buffer.concat(chunks).toString('latin1');
  return answer;
}

export const readText = (text: string, options?: ReadOptions): ReadAnswer | undefined =>
  readAnswer([Buffer.from(text, 'latin1')], options);

/** Every byte by itself. */
export const readBytes = (text: string, options?: ReadOptions): ReadAnswer | undefined =>
  readAnswer(
    [...Buffer.from(text, 'latin1')].map((byte) => Buffer.from([byte])),
    options,
  );
