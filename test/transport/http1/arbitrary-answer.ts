import fc from 'fast-check';

/** A well-formed answer to a GET, and what is to be read of it. */
export interface AnswerOnWire {
  readonly bytes: string;
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
  /** Whether only the end of the connection ends it. */
  readonly closes: boolean;
}

const TOKEN_CHARS = [..."!#$%&'*+-.^_`|~0123456789ABCDEFXYZabcdefxyz"];
const latin1 = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCharCode(from + i));
const VISIBLE_CHARS = [...latin1(0x21, 0x7e), ...latin1(0x80, 0xff)];
const VALUE_CHARS = [...VISIBLE_CHARS, ' ', '\t'];

const of = (chars: string[], minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...chars), minLength, maxLength });
const RESERVED = /^(content-length|transfer-encoding|connection|keep-alive|upgrade|trailer|proxy-connection)$/i;
const name = of(TOKEN_CHARS, 1, 24).filter((each) => !RESERVED.test(each));
const value = of(VALUE_CHARS, 0, 40).map((each) => each.replace(/^[ \t]+|[ \t]+$/g, ''));
const space = of([' ', '\t'], 0, 3);
const field = fc.record({ name, before: space, value, after: space });
const body = fc.string({ unit: fc.constantFrom(...latin1(0, 0xff)), maxLength: 200 });
const extension = fc.constantFrom('', ';a', ';a=b', ';a="b c"', ';x=1;y=2');

interface Parts {
  status: number;
  reason: string;
  fields: { name: string; before: string; value: string; after: string }[];
  framing: 'length' | 'chunked' | 'close';
  chunks: { data: string; extension: string; upperCase: boolean }[];
  trailers: { name: string; before: string; value: string; after: string }[];
  informational: boolean;
}

const line = (each: Parts['fields'][number]) => `${each.name}:${each.before}${each.value}${each.after}\r\n`;
const pairs = (lines: Parts['fields']) => lines.flatMap((each) => [each.name, each.value]);

function toWire(parts: Parts): AnswerOnWire {
  const { status, reason, fields, framing, chunks, trailers } = parts;
  const text = chunks.map(({ data }) => data).join('');
  const own = {
    length: ['Content-Length', String(text.length)],
    chunked: ['Transfer-Encoding', 'chunked'],
    close: [],
  }[framing];
  const head = `HTTP/1.1 ${status} ${reason}\r\n${fields.map(line).join('')}`;
  const framed = own.length === 0 ? '\r\n' : `${own[0]}: ${own[1]}\r\n\r\n`;
  const size = (data: string, upperCase: boolean) =>
    upperCase ? data.length.toString(16).toUpperCase() : data.length.toString(16);
  const content =
    framing === 'chunked'
      ? `${chunks
          .filter(({ data }) => data.length > 0)
          .map((chunk) => `${size(chunk.data, chunk.upperCase)}${chunk.extension}\r\n${chunk.data}\r\n`)
          .join('')}0\r\n${trailers.map(line).join('')}\r\n`
      : text;
  return {
    bytes: `${parts.informational ? 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' : ''}${head}${framed}${content}`,
    status,
    reason,
    fields: [...pairs(fields), ...own],
    body: text,
    trailers: framing === 'chunked' ? pairs(trailers) : [],
    closes: framing === 'close',
  };
}

export const arbitraryAnswer: fc.Arbitrary<AnswerOnWire> = fc
  .record({
    status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
    reason: value,
    fields: fc.array(field, { maxLength: 6 }),
    framing: fc.constantFrom('length' as const, 'chunked' as const, 'close' as const),
    chunks: fc.array(fc.record({ data: body, extension, upperCase: fc.boolean() }), { maxLength: 4 }),
    trailers: fc.array(field, { maxLength: 3 }),
    informational: fc.boolean(),
  })
  .map(toWire);

/** The text in random pieces. */
export function cut(text: string, points: readonly number[]): Buffer[] {
  const sorted = [...new Set(points.map((point) => point % (text.length + 1)))].sort((a, b) => a - b);
  const pieces: Buffer[] = [];
  let start = 0;
  for (const point of [...sorted, text.length]) {
    if (point > start) pieces.push(Buffer.from(text.slice(start, point), 'latin1'));
    start = Math.max(start, point);
  }
  return pieces;
}
