import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_HEAD_BYTES } from '../../../src/transport/http1/response-parser.ts';
import { arbitraryAnswer, cut } from './arbitrary-answer.ts';
import { readAnswer, readBytes, readText } from './read-answers.ts';

const OK = 'HTTP/1.1 200 OK\r\n';

test('an answer is read for what it is, however TCP cuts it', () => {
  fc.assert(
    fc.property(arbitraryAnswer, fc.array(fc.nat(), { maxLength: 12 }), fc.boolean(), (sent, points, owned) => {
      const read = readAnswer(cut(sent.bytes, points), { closes: sent.closes, owned });
      assert.ok(read !== undefined);
      assert.equal(read.status, sent.status);
      assert.equal(read.reason, sent.reason);
      assert.deepEqual(read.fields, sent.fields);
      assert.equal(read.body, sent.body);
      assert.deepEqual(read.trailers, sent.trailers);
      assert.equal(read.surplus, false);
      assert.deepEqual(read.informational, sent.bytes.startsWith('HTTP/1.1 103') ? [103] : []);
    }),
    { numRuns: 1_000 },
  );
});

test('every byte may come alone', () => {
  fc.assert(
    fc.property(arbitraryAnswer, (sent) => {
      assert.deepEqual(readBytes(sent.bytes, { closes: sent.closes }), readText(sent.bytes, { closes: sent.closes }));
    }),
    { numRuns: 200 },
  );
});

test('an answer that is cut short is not complete', () => {
  fc.assert(
    fc.property(
      arbitraryAnswer.filter(({ closes }) => !closes),
      fc.nat(),
      (sent, at) => {
        const short = sent.bytes.slice(0, at % sent.bytes.length);
        assert.equal(readText(short, { closes: true }), undefined);
      },
    ),
  );
});

/** What Node, nginx and others might read in another way, or what is no HTTP at all. */
const MALFORMED: Readonly<Record<string, string>> = {
  'another protocol': 'SSH-2.0-OpenSSH_9.6\r\n',
  'no version': ' 200 OK\r\n\r\n',
  'HTTP/0.9': '<html></html>\r\n\r\n',
  'HTTP/2': 'HTTP/2.0 200 OK\r\n\r\n',
  'HTTP/1.2': 'HTTP/1.2 200 OK\r\n\r\n',
  'a version in lower case': 'http/1.1 200 OK\r\n\r\n',
  'two spaces before the status': 'HTTP/1.1  200 OK\r\n\r\n',
  'a tab before the status': 'HTTP/1.1\t200 OK\r\n\r\n',
  'a status of two digits': 'HTTP/1.1 20 OK\r\n\r\n',
  'a status of four digits': 'HTTP/1.1 2000 OK\r\n\r\n',
  'a status with a sign': 'HTTP/1.1 +20 OK\r\n\r\n',
  'a status below 100': 'HTTP/1.1 099 OK\r\n\r\n',
  'a status in hexadecimal': 'HTTP/1.1 0x1 OK\r\n\r\n',
  'NUL in the reason': 'HTTP/1.1 200 O\0K\r\n\r\n',
  'bare CR in the reason': 'HTTP/1.1 200 O\rK\r\n\r\n',
  'an empty line first': '\r\nHTTP/1.1 200 OK\r\n\r\n',
  'bare LF after the status line': 'HTTP/1.1 200 OK\nA: b\r\n\r\n',
  'bare LF after a field': `${OK}A: b\nContent-Length: 0\r\n\r\n`,
  'bare CR in a value': `${OK}A: b\rContent-Length: 3\r\n\r\n`,
  'NUL in a value': `${OK}A: b\0\r\n\r\n`,
  'DEL in a value': `${OK}A: b\x7f\r\n\r\n`,
  'an escape in a value': `${OK}A: \x1b[1m\r\n\r\n`,
  'obs-fold with space': `${OK}A: b\r\n c\r\n\r\n`,
  'obs-fold with tab': `${OK}A: b\r\n\tContent-Length: 4\r\n\r\n`,
  'a field before the first': `${OK} A: b\r\n\r\n`,
  'a field without colon': `${OK}A\r\n\r\n`,
  'a field without name': `${OK}: b\r\n\r\n`,
  'space before the colon': `${OK}Content-Length : 3\r\n\r\n`,
  'a name with a bracket': `${OK}A(b): c\r\n\r\n`,
  'a name beyond ASCII': `${OK}\u00c4: c\r\n\r\n`,
  'two equal lengths': `${OK}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`,
  'two lengths': `${OK}Content-Length: 3\r\ncontent-length: 4\r\n\r\nabcd`,
  'a list of lengths': `${OK}Content-Length: 3, 3\r\n\r\nabc`,
  'an empty length': `${OK}Content-Length: \r\n\r\nabc`,
  'a negative length': `${OK}Content-Length: -3\r\n\r\nabc`,
  'a length with plus': `${OK}Content-Length: +3\r\n\r\nabc`,
  'a hexadecimal length': `${OK}Content-Length: 0x3\r\n\r\nabc`,
  'a length with a fraction': `${OK}Content-Length: 3.0\r\n\r\nabc`,
  'a length beyond all numbers': `${OK}Content-Length: 9999999999999999\r\n\r\nabc`,
  'length and chunked': `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'chunked and length': `${OK}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
  'chunked twice': `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'chunked in a list': `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  'chunked after a comma': `${OK}Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n`,
  identity: `${OK}Transfer-Encoding: identity\r\n\r\n`,
  'an empty transfer coding': `${OK}Transfer-Encoding: \r\n\r\n`,
  'chunked with a parameter': `${OK}Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n`,
  'chunked in quotes': `${OK}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`,
  'chunked in HTTP/1.0': 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  '101 that nobody asked for': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n',
};

test('what could be read in two ways is refused, in one piece and in many', async (t) => {
  for (const [what, text] of Object.entries(MALFORMED)) {
    await t.test(what, () => {
      assert.throws(() => readText(text), { code: 'MALFORMED_MESSAGE' });
      assert.throws(() => readBytes(text), { code: 'MALFORMED_MESSAGE' });
    });
  }
});

const BAD_CHUNKS: Readonly<Record<string, string>> = {
  'no size': '\r\nabc\r\n0\r\n\r\n',
  '0x': '0x3\r\nabc\r\n0\r\n\r\n',
  'a sign': '+3\r\nabc\r\n0\r\n\r\n',
  minus: '-3\r\nabc\r\n0\r\n\r\n',
  'space before the size': ' 3\r\nabc\r\n0\r\n\r\n',
  'space after the size': '3 \r\nabc\r\n0\r\n\r\n',
  'letters after the size': '3g\r\nabc\r\n0\r\n\r\n',
  'an underscore': '0_3\r\nabc\r\n0\r\n\r\n',
  'a size without end': `${'0'.repeat(13)}3\r\nabc\r\n0\r\n\r\n`,
  'a size beyond all numbers': 'ffffffffffffffff\r\nabc\r\n0\r\n\r\n',
  'bare LF after the size': '3\nabc\r\n0\r\n\r\n',
  'bare CR after the size': '3\rabc\r\n0\r\n\r\n',
  'bare LF in an extension': '3;a\nabc\r\n0\r\n\r\n',
  'bare CR in an extension': '3;a\rb\r\nabc\r\n0\r\n\r\n',
  'NUL in an extension': '3;a\0\r\nabc\r\n0\r\n\r\n',
  'extensions without end': `3;${'a'.repeat(20_000)}\r\nabc\r\n0\r\n\r\n`,
  'more data than the size': '3\r\nabcd\r\n0\r\n\r\n',
  'bare LF after the data': '3\r\nabc\n0\r\n\r\n',
  'bare CR after the data': '3\r\nabc\r0\r\n\r\n',
  'a trailer without colon': '0\r\nabc\r\n\r\n',
  'a folded trailer': '0\r\na: b\r\n c\r\n\r\n',
  'trailers without end': `0\r\n${'a: b\r\n'.repeat(4_000)}\r\n`,
};

test('chunks are read strictly', async (t) => {
  for (const [what, text] of Object.entries(BAD_CHUNKS)) {
    await t.test(what, () => {
      const head = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
      assert.throws(() => readText(head + text), { code: 'MALFORMED_MESSAGE' });
      assert.throws(() => readBytes(head + text), { code: 'MALFORMED_MESSAGE' });
    });
  }
});

test('extensions of all chunks together are bounded', () => {
  const chunk = `1;${'a'.repeat(1_000)}\r\nx\r\n`;
  const head = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
  assert.throws(() => readText(head + chunk.repeat(20)), { code: 'MALFORMED_MESSAGE' });
  assert.equal(readText(`${head}${chunk.repeat(10)}0\r\n\r\n`)?.body, 'x'.repeat(10));
});

test('a head is bounded, whether it ends or not', () => {
  const filler = `A: ${'b'.repeat(1_000)}\r\n`;
  const most = Math.floor((MAX_HEAD_BYTES - OK.length - 23) / filler.length);
  const head = (count: number) => `${OK}${filler.repeat(count)}Content-Length: 0\r\n\r\n`;
  assert.equal(readText(head(most))?.status, 200);
  assert.equal(readBytes(head(most))?.status, 200);
  assert.throws(() => readText(head(most + 1)), { code: 'MALFORMED_MESSAGE' });
  assert.throws(() => readText(`${OK}A: ${'b'.repeat(MAX_HEAD_BYTES)}`), { code: 'MALFORMED_MESSAGE' });
  assert.throws(() => readBytes(`${OK}A: ${'b'.repeat(MAX_HEAD_BYTES)}`), { code: 'MALFORMED_MESSAGE' });
});

test('answers without a body end with their head, whatever it says', () => {
  const head = (status: string) => `HTTP/1.1 ${status}\r\nContent-Length: 5\r\n\r\n`;
  assert.equal(readText(head('200 OK'), { method: 'HEAD' })?.body, '');
  assert.equal(readText(head('204 No Content'))?.surplus, false);
  assert.equal(readText(head('304 Not Modified'))?.surplus, false);
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  assert.equal(readText(chunked, { method: 'HEAD' })?.status, 200);
  assert.equal(readText('HTTP/1.1 204 No Content\r\n\r\n')?.status, 204);
});

test('bytes after an answer are told of, and never are the answer to the next request', () => {
  const evil = `${OK}Content-Length: 5\r\n\r\nevil!`;
  for (const first of [
    `${OK}Content-Length: 3\r\n\r\nabc`,
    `${OK}Content-Length: 0\r\n\r\n`,
    `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n`,
    'HTTP/1.1 204 No Content\r\n\r\n',
  ]) {
    assert.equal(readText(first)?.surplus, false);
    assert.equal(readText(first + evil)?.surplus, true);
    assert.ok(!readText(first + evil)?.body.includes('evil'));
    assert.throws(() => readAnswer([Buffer.from(first), Buffer.from(evil)]), { code: 'MALFORMED_MESSAGE' });
  }
});

test('whether the connection goes on is read as RFC 9112 §9.3 says', () => {
  const keeps = (version: string, ...lines: string[]) =>
    readText(`HTTP/${version} 200 OK\r\n${lines.map((line) => `${line}\r\n`).join('')}Content-Length: 0\r\n\r\n`)
      ?.keepsAlive;
  assert.equal(keeps('1.1'), true);
  assert.equal(keeps('1.1', 'Connection: close'), false);
  assert.equal(keeps('1.1', 'Connection: keep-alive'), true);
  assert.equal(keeps('1.1', 'Connection: Upgrade, CLOSE'), false);
  assert.equal(keeps('1.1', 'Connection: close', 'Connection: keep-alive'), false);
  assert.equal(keeps('1.1', 'Connection: keep-alive', 'Connection: close'), false);
  assert.equal(keeps('1.0'), false);
  assert.equal(keeps('1.0', 'Connection: Keep-Alive'), true);
});

test('the reason may be missing with the space before it', () => {
  assert.equal(readText('HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n')?.reason, '');
  assert.equal(readText('HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n')?.reason, '');
});

test('another protocol begins where its 101 ends', () => {
  const text = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nHTTP/1.1 200';
  assert.equal(readText(text, { protocol: 'websocket' })?.switched, 'HTTP/1.1 200');
});
