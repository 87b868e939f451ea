/** One way in which two servers may read the same bytes differently. */
export interface RawRequest {
  readonly name: string;
  /** Each character is one byte. */
  readonly bytes: string;
  /** Status of the first answer; `0`: the connection ends without one. */
  readonly status: number;
  /** Whole requests that may go on, all of them well-formed: `METHOD /path body`. */
  readonly seen: readonly string[];
}

/** What must never reach anybody as a request of its own. */
const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: shop.test\r\n\r\n';
const HOST = 'Host: shop.test\r\n';
const CHUNKED = 'Transfer-Encoding: chunked\r\n';

const post = (fields: string, body: string): string => `POST /orders HTTP/1.1\r\n${HOST}${fields}\r\n${body}`;
const get = (fields: string, line = 'GET /orders HTTP/1.1'): string => `${line}\r\n${fields}\r\n`;
const chunks = (body: string): string => post(CHUNKED, body);

function refused(status: number, cases: Readonly<Record<string, string>>): RawRequest[] {
  return Object.entries(cases).map(([name, bytes]) => ({ name, bytes, status, seen: [] }));
}

/** Answered like a request without what is odd about it. */
function canonical(cases: Readonly<Record<string, readonly [bytes: string, ...seen: string[]]>>): RawRequest[] {
  return Object.entries(cases).map(([name, [bytes, ...seen]]) => ({ name, bytes, status: 200, seen }));
}

const LENGTH = refused(400, {
  'Content-Length and chunked': post(`Content-Length: 5\r\n${CHUNKED}`, `0\r\n\r\n${HIDDEN}`),
  'chunked and Content-Length': post(`${CHUNKED}Content-Length: ${HIDDEN.length + 5}\r\n`, `0\r\n\r\n${HIDDEN}`),
  'Content-Length in a trailer': chunks(`0\r\nContent-Length: 5\r\n\r\n${HIDDEN}`),
  'two Content-Length that differ': post(`Content-Length: 0\r\nContent-Length: ${HIDDEN.length}\r\n`, HIDDEN),
  'two Content-Length that are equal': post('Content-Length: 4\r\nContent-Length: 4\r\n', 'body'),
  'a list as Content-Length': post('Content-Length: 4, 4\r\n', 'body'),
  'a list of unlike Content-Length': post(`Content-Length: 0, ${HIDDEN.length}\r\n`, HIDDEN),
  'Content-Length with a plus': post('Content-Length: +4\r\n', 'body'),
  'Content-Length with a minus': post('Content-Length: -4\r\n', HIDDEN),
  'Content-Length in hexadecimal': post(`Content-Length: 0x0\r\n`, HIDDEN),
  'Content-Length with an exponent': post('Content-Length: 4e0\r\n', 'body'),
  'Content-Length with a fraction': post('Content-Length: 4.0\r\n', 'body'),
  'Content-Length with a space inside': post(`Content-Length: 0 ${HIDDEN.length}\r\n`, HIDDEN),
  'Content-Length with an underscore inside': post(`Content-Length: 0_${HIDDEN.length}\r\n`, HIDDEN),
  'an empty Content-Length': post('Content-Length:\r\n', HIDDEN),
  'an empty Content-Length of a GET': get(`${HOST}Content-Length: \r\n`) + HIDDEN,
  'Content-Length beyond 64 bits': post('Content-Length: 18446744073709551616\r\n', HIDDEN),
  'Content-Length beyond what a number holds': post('Content-Length: 9007199254740993\r\n', HIDDEN),
  'Content-Length folded': post(`Content-Length:\r\n 0\r\n`, HIDDEN),
  'Content-Length with a space before the colon': post(`Content-Length : ${HIDDEN.length}\r\n`, HIDDEN),
  'Content-Length with a vertical tab': post(`Content-Length: \v0\r\n`, HIDDEN),
});

const CODING = [
  ...refused(400, {
    'two Transfer-Encoding': post(`${CHUNKED}${CHUNKED}`, `0\r\n\r\n${HIDDEN}`),
    'Transfer-Encoding that only ends like chunked': post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${HIDDEN}`),
    'Transfer-Encoding that only begins like chunked': post('Transfer-Encoding: chunkedx\r\n', `0\r\n\r\n${HIDDEN}`),
    'chunked in quotes': post('Transfer-Encoding: "chunked"\r\n', `0\r\n\r\n${HIDDEN}`),
    'chunked with a parameter': post('Transfer-Encoding: chunked;q=1\r\n', `0\r\n\r\n${HIDDEN}`),
    'chunked after an empty element': post('Transfer-Encoding: ,chunked\r\n', `0\r\n\r\n${HIDDEN}`),
    'chunked before an empty element': post('Transfer-Encoding: chunked,\r\n', `0\r\n\r\n${HIDDEN}`),
    'chunked twice in a list': post('Transfer-Encoding: chunked, chunked\r\n', `0\r\n\r\n${HIDDEN}`),
    'chunked before another coding': post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${HIDDEN}`),
    'chunked after a vertical tab': post('Transfer-Encoding: \vchunked\r\n', `0\r\n\r\n${HIDDEN}`),
    'chunked after a form feed': post('Transfer-Encoding: \fchunked\r\n', `0\r\n\r\n${HIDDEN}`),
    'chunked after a non-breaking space': post('Transfer-Encoding: \xa0chunked\r\n', `0\r\n\r\n${HIDDEN}`),
    'an empty Transfer-Encoding': post('Transfer-Encoding:\r\nContent-Length: 5\r\n', `0\r\n\r\n${HIDDEN}`),
    identity: post('Transfer-Encoding: identity\r\n', HIDDEN),
    'identity and Content-Length': post(`Transfer-Encoding: identity\r\nContent-Length: 0\r\n`, HIDDEN),
    'Transfer-Encoding with a space before the colon': post('Transfer-Encoding : chunked\r\n', `0\r\n\r\n${HIDDEN}`),
    'Transfer-Encoding folded': post('Transfer-Encoding:\r\n chunked\r\n', `0\r\n\r\n${HIDDEN}`),
    'Transfer-Encoding behind a line feed': post('X: y\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${HIDDEN}`),
    'chunked in HTTP/1.0': `POST /orders HTTP/1.0\r\n${HOST}${CHUNKED}\r\n0\r\n\r\n${HIDDEN}`,
    'an upgrade with a body': post('Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n', 'hello'),
    'an upgrade with chunks': post(`Connection: upgrade\r\nUpgrade: h2c\r\n${CHUNKED}`, `0\r\n\r\n${HIDDEN}`),
  }),
  ...refused(501, {
    'gzip before chunked': post('Transfer-Encoding: gzip, chunked\r\n', `0\r\n\r\n${HIDDEN}`),
  }),
];

const CHUNKS = refused(400, {
  'a chunk size with 0x': chunks(`0x4\r\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size with a plus': chunks(`+4\r\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size with a minus': chunks(`-4\r\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size after a space': chunks(` 4\r\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size before a space': chunks(`4 \r\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size with an underscore': chunks(`0_4\r\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size of a valid prefix': chunks(`4z\r\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'an empty chunk size': chunks(`\r\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size beyond 64 bits': chunks(`10000000000000004\r\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'a line feed alone after the chunk size': chunks(`4\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'a carriage return alone after the chunk size': chunks(`4\rXbody\r\n0\r\n\r\n${HIDDEN}`),
  'a line feed alone after the chunk': chunks(`4\r\nbody\n0\r\n\r\n${HIDDEN}`),
  'nothing after the chunk': chunks(`4\r\nbody0\r\n\r\n${HIDDEN}`),
  'a chunk longer than its size': chunks(`4\r\nbodyX\r\n0\r\n\r\n${HIDDEN}`),
  'a line feed in a chunk extension': chunks(`4;a\nb\r\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'a carriage return in a chunk extension': chunks(`4;a\rb\r\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'a NUL in a chunk extension': chunks(`4;a\0b\r\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'a line feed alone after the last chunk': chunks(`0\n\r\n${HIDDEN}`),
  'a line feed alone at the end of the trailer': chunks(`0\r\n\n${HIDDEN}`),
  'a trailer with a space before the colon': chunks(`0\r\nX : y\r\n\r\n${HIDDEN}`),
  'a trailer that is folded': chunks(`0\r\nX: y\r\n z\r\n\r\n${HIDDEN}`),
  'a chunk size of more digits than any body needs': chunks(`${'0'.repeat(20)}4\r\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk extension without end': chunks(`4;${'a'.repeat(20_000)}\r\nbody\r\n0\r\n\r\n${HIDDEN}`),
  'chunk extensions that are long together': chunks(`${`1;${'a'.repeat(4_000)}\r\nx\r\n`.repeat(5)}0\r\n\r\n${HIDDEN}`),
  'Host in a trailer': chunks(`0\r\nHost: evil.test\r\n\r\n${HIDDEN}`),
  'a NUL in a trailer': chunks(`0\r\nX: a\0b\r\n\r\n${HIDDEN}`),
  'a carriage return in a trailer': chunks(`0\r\nX: a\rY: b\r\n\r\n${HIDDEN}`),
  'Transfer-Encoding in a trailer': chunks(`0\r\n${CHUNKED}\r\n${HIDDEN}`),
});

const LINES = refused(400, {
  'lines that end with a line feed alone': `GET /orders HTTP/1.1\nHost: shop.test\n\n`,
  'one field that ends with a line feed alone': get(`Host: shop.test\nX: y\r\n`),
  'the header that ends with a line feed alone': `GET /orders HTTP/1.1\r\nHost: shop.test\r\n\n${HIDDEN}`,
  'a carriage return in a value': get(`${HOST}X: a\rY: b\r\n`),
  'a carriage return before the end of a line': get(`${HOST}X: a\r\r\n`),
  'a NUL in a value': get(`${HOST}X: a\0b\r\n`),
  'a NUL in a name': get(`${HOST}X\0Y: b\r\n`),
  'a control character in a value': get(`${HOST}X: a\x01b\r\n`),
  'a DEL in a value': get(`${HOST}X: a\x7fb\r\n`),
  'a name in quotes': get(`${HOST}"X": y\r\n`),
  'a name with a slash': get(`${HOST}X/Y: z\r\n`),
  'a name with an at sign': get(`${HOST}X@Y: z\r\n`),
  'a space before a colon': get(`${HOST}X : y\r\n`),
  'a tab before a colon': get(`${HOST}X\t: y\r\n`),
  'a space before a name': get(`${HOST} X: y\r\n`),
  'a space before the first name': `GET /orders HTTP/1.1\r\n ${HOST}\r\n`,
  'a folded value': get(`${HOST}X: a\r\n b\r\n`),
  'a value folded by a tab': get(`${HOST}X: a\r\n\tb\r\n`),
  'a line without a colon': get(`${HOST}X\r\n`),
  'an empty name': get(`${HOST}: y\r\n`),
  'a name with a parenthesis': get(`${HOST}X(y): z\r\n`),
  'a name beyond ASCII': get(`${HOST}X\xe9: z\r\n`),
});

const TARGETS = [
  ...refused(400, {
    'no Host': get('X: y\r\n'),
    'two Host': get(`${HOST}Host: evil.test\r\n`),
    'two Host that are equal': get(`${HOST}${HOST}`),
    'an empty Host': get('Host:\r\n'),
    'a list as Host': get('Host: shop.test, evil.test\r\n'),
    'a Host with user information': get('Host: shop.test@evil.test\r\n'),
    'a Host with a path': get('Host: shop.test/evil\r\n'),
    'a Host with a space': get('Host: shop.test evil.test\r\n'),
    'a Host with a bad port': get('Host: shop.test:80:81\r\n'),
    'an absolute target of another host': get(HOST, 'GET http://evil.test/orders HTTP/1.1'),
    'an absolute target with user information': get(HOST, 'GET http://u@shop.test/orders HTTP/1.1'),
    'an absolute target of another scheme': get(HOST, 'GET ftp://shop.test/orders HTTP/1.1'),
    'a target without a slash': get(HOST, 'GET orders HTTP/1.1'),
    'a target that is an authority': get(HOST, 'GET shop.test:80 HTTP/1.1'),
    'a target that begins with an at sign': get(HOST, 'GET @evil.test/ HTTP/1.1'),
    'an asterisk that is not of OPTIONS': get(HOST, 'GET * HTTP/1.1'),
    'a target with a fragment': get(HOST, 'GET /orders#x HTTP/1.1'),
    'a target with a tab': get(HOST, 'GET /or\tders HTTP/1.1'),
    'a target with a NUL': get(HOST, 'GET /or\0ders HTTP/1.1'),
    'a target beyond ASCII': get(HOST, 'GET /or\xe9ders HTTP/1.1'),
    'a target with a space': get(HOST, 'GET /or ders HTTP/1.1'),
    'tabs between the parts of the first line': get(HOST, 'GET\t/orders\tHTTP/1.1'),
    'a carriage return in the first line': get(HOST, 'GET /orders\rX HTTP/1.1'),
    'a method in lower case': get(HOST, 'get /orders HTTP/1.1'),
    'a method that is no token': get(HOST, 'GE(T /orders HTTP/1.1'),
    'a space before the method': get(HOST, ' GET /orders HTTP/1.1'),
    'a protocol in lower case': get(HOST, 'GET /orders http/1.1'),
    'a protocol that is not HTTP': get(HOST, 'SOURCE /orders ICE/1.0'),
    'HTTP/1.10': get(HOST, 'GET /orders HTTP/1.10'),
    'HTTP/01.1': get(HOST, 'GET /orders HTTP/01.1'),
    'something after the version': get(HOST, 'GET /orders HTTP/1.1 '),
    'two Authorization': get(`${HOST}Authorization: Bearer a\r\nAuthorization: Bearer b\r\n`),
    'two Content-Type': post('Content-Type: text/plain\r\nContent-Type: text/html\r\nContent-Length: 0\r\n', ''),
  }),
  ...refused(505, {
    'HTTP/1.2': get(HOST, 'GET /orders HTTP/1.2'),
    'HTTP/2.0': get(HOST, 'GET /orders HTTP/2.0'),
    'HTTP/0.9 with a header': get(HOST, 'GET /orders HTTP/0.9'),
    'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  }),
  ...refused(501, {
    CONNECT: get('Host: shop.test:443\r\n', 'CONNECT shop.test:443 HTTP/1.1'),
  }),
];

const AFTERWARDS = canonical({
  'a request after one that closes': [`${get(`${HOST}Connection: close\r\n`)}${HIDDEN}`, 'GET /orders '],
});

const READ_ALIKE = canonical({
  'octets beyond ASCII in a value': [get(`${HOST}X: \x80\xff\r\n`), 'GET /orders '],
  'rubbish after a request': [`${get(HOST)}\0\0\r\n\r\n${HIDDEN}`, 'GET /orders '],
  'rubbish after a body': [`${post('Content-Length: 4\r\n', 'body')}bodybody ${HIDDEN}`, 'POST /orders body'],
  'an empty line after a body': [
    `${post('Content-Length: 4\r\n', 'body')}\r\n${get(HOST)}`,
    'POST /orders body',
    'GET /orders ',
  ],
  'two requests of HTTP/1.0 on a kept connection': [
    get(`${HOST}Connection: Keep-Alive\r\n`, 'GET /orders HTTP/1.0').repeat(2),
    'GET /orders ',
    'GET /orders ',
  ],
  'a plain request': [get(HOST), 'GET /orders '],
  'two requests in a row': [`${get(HOST)}${get(HOST, 'GET /orders/2 HTTP/1.1')}`, 'GET /orders ', 'GET /orders/2 '],
  'a request in a body': [post(`Content-Length: ${HIDDEN.length}\r\n`, HIDDEN), `POST /orders ${HIDDEN}`],
  'a request in a chunk': [chunks(`${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`), `POST /orders ${HIDDEN}`],
  'a request in the body of a GET': [
    get(`${HOST}Content-Length: ${HIDDEN.length}\r\n`) + HIDDEN,
    `GET /orders ${HIDDEN}`,
  ],
  'Content-Length with zeros before it': [post('Content-Length: 004\r\n', 'body'), 'POST /orders body'],
  'Content-Length with spaces around it': [post('Content-Length:   4  \r\n', 'body'), 'POST /orders body'],
  'Content-Length named as an option of the connection': [
    post('Connection: Content-Length\r\nContent-Length: 4\r\n', 'body'),
    'POST /orders body',
  ],
  'CHUNKED in capitals': [post('TRANSFER-ENCODING: CHUNKED\r\n', '4\r\nbody\r\n0\r\n\r\n'), 'POST /orders body'],
  'chunks with extensions and a trailer': [chunks('4;a=b;c="d"\r\nbody\r\n0;e\r\nX: y\r\n\r\n'), 'POST /orders body'],
  'chunk sizes in both cases, with zeros before': [
    chunks('000A\r\n0123456789\r\n0a\r\n0123456789\r\n0\r\n\r\n'),
    'POST /orders 01234567890123456789',
  ],
  'an empty line before the request': [`\r\n${get(HOST)}`, 'GET /orders '],
  'an absolute target of the same host': [get(HOST, 'GET http://shop.test/orders HTTP/1.1'), 'GET /orders '],
  'an absolute target in other case': [get(HOST, 'GET HTTP://SHOP.TEST/orders?x=1 HTTP/1.1'), 'GET /orders?x=1 '],
  'HTTP/1.0 with a body': [`POST /orders HTTP/1.0\r\n${HOST}Content-Length: 4\r\n\r\nbody`, 'POST /orders body'],
  'an upgrade to something unknown': [
    get(`${HOST}Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n`),
    'GET /orders ',
  ],
});

/** Names that services may take for those of the framing; the routes refuse them. */
export const LOOKALIKES: readonly RawRequest[] = refused(400, {
  Content_Length: post('Connection: close\r\nContent_Length: 4\r\nContent-Length: 0\r\n', ''),
  Transfer_Encoding: post('Connection: close\r\nTransfer_Encoding: chunked\r\nContent-Length: 0\r\n', ''),
});

export const CORPUS: readonly RawRequest[] = [
  ...LENGTH,
  ...CODING,
  ...CHUNKS,
  ...LINES,
  ...TARGETS,
  ...AFTERWARDS,
  ...READ_ALIKE,
];
