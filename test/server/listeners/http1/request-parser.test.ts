import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RequestParser } from '../../../../src/server/listeners/http1/request-parser.ts';

/** What a parser tells of bytes that come in these pieces; each request is answered as soon as it is complete. */
function readPieces(pieces: readonly Buffer[], maxHeadBytes = 4_096): string[] {
  const told: string[] = [];
  let body = '';
  const parser = new RequestParser(
    {
      onHead({ method, target, fields, framing }) {
        told.push(`${method} ${target} ${fields.join('|')}`);
        body = '';
        if (framing === 0) parser.next();
      },
      onBody(chunk) {
        body += chunk.toString('latin1');
      },
      onComplete(trailers) {
        told.push(`${body} ${trailers.join('|')}`);
        parser.next();
      },
    },
    maxHeadBytes,
  );
  for (const piece of pieces) {
    let at = 0;
    while (at < piece.length) at = parser.execute(piece, at);
  }
  return told;
}

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,10}$/).filter((name) => !/^(content-|transfer-)/i.test(name));
const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const body = fc.string({ maxLength: 60, unit: 'binary-ascii' });
const field = fc.tuple(token, value);
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  target: fc.stringMatching(/^\/[a-z0-9/?=&]{0,30}$/),
  fields: fc.array(field, { maxLength: 5 }),
  chunks: fc.option(
    fc.array(
      body.filter((text) => text !== ''),
      { maxLength: 4 },
    ),
  ),
  trailers: fc.array(field, { maxLength: 2 }),
  body,
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

function write({ method, target, fields, chunks, trailers, body: text }: Request): { bytes: string; told: string[] } {
  const own = chunks === null ? ['Content-Length', String(text.length)] : ['Transfer-Encoding', 'chunked'];
  const all = [...fields.flat(), ...own];
  let head = `${method} ${target} HTTP/1.1\r\n`;
  for (let at = 0; at < all.length; at += 2) head += `${all[at]}: ${all[at + 1]}\r\n`;
  const told = [`${method} ${target} ${all.join('|')}`];
  if (chunks === null) {
    if (text !== '') told.push(`${text} `);
    return { bytes: `${head}\r\n${text}`, told };
  }
  const coded = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
  const last = trailers.map(([name, at]) => `${name}: ${at}\r\n`).join('');
  told.push(`${chunks.join('')} ${trailers.flat().join('|')}`);
  return { bytes: `${head}\r\n${coded}0\r\n${last}\r\n`, told };
}

describe('requests on one connection', () => {
  it('are the same however their bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(400), { maxLength: 8 }),
        (all, cuts) => {
          const written = all.map(write);
          const bytes = Buffer.from(written.map((each) => each.bytes).join(''), 'latin1');
          const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
          const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
          assert.deepEqual(
            readPieces(pieces),
            written.flatMap((each) => each.told),
          );
        },
      ),
    );
  });

  it('are the same byte by byte', () => {
    const bytes = Buffer.from(
      '\r\nPOST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nX: y\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    const pieces = [...bytes].map((byte) => Buffer.from([byte]));
    assert.deepEqual(readPieces(pieces), readPieces([bytes]));
    assert.deepEqual(readPieces([bytes]), ['POST /a Host|a|Transfer-Encoding|chunked', 'abc X|y', 'GET /b Host|a']);
  });

  it('never make the parser fail in another way than it says, whatever the bytes', () => {
    const pieces = fc.constantFrom(
      'GET ',
      '/a',
      ' HTTP/1.1',
      '\r\n',
      '\n',
      '\r',
      ':',
      ' ',
      'Host',
      'Content-Length: 3',
      'Transfer-Encoding: chunked',
      '0',
      'ff',
      '\0',
      'é',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        try {
          readPieces(parts.map((part) => Buffer.from(part, 'latin1')));
        } catch (error) {
          assert.match(
            (error as { code: string }).code,
            /^(MALFORMED_REQUEST|HTTP_VERSION_NOT_SUPPORTED|NOT_IMPLEMENTED|HEADERS_TOO_LARGE)$/,
          );
        }
      }),
    );
  });

  it('have heads up to their limit and no further, in one piece or in many', () => {
    const head = (length: number) => {
      const line = 'GET / HTTP/1.1\r\nX: ';
      return Buffer.from(`${line}${'y'.repeat(length - line.length - 4)}\r\n\r\n`);
    };
    assert.equal(readPieces([head(200)], 200).length, 1);
    for (const cut of [0, 50, 199, 200]) {
      const bytes = head(201);
      assert.throws(() => readPieces([bytes.subarray(0, cut), bytes.subarray(cut)], 200), {
        code: 'HEADERS_TOO_LARGE',
      });
    }
  });
});
