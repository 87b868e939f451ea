import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect, constants, type OutgoingHttpHeaders } from 'node:http2';
import { describe, it, type TestContext } from 'node:test';
import { frame, headersFrame, PREFACE } from './http2-frames.ts';
import { dial, GET, readText, recording, serve, type WrittenServer } from './serve.ts';

type Field = readonly [name: string, value: string];

const GOOD: readonly Field[] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':authority', 'shop.test'],
  [':path', '/'],
];

const LISTENER = { name: 'inside', port: 0, http2: true };

describe('a listener with HTTP/2 and no TLS', () => {
  it('tells HTTP/2 by prior knowledge from HTTP/1.1, however the bytes come', async (t) => {
    const requests: string[] = [];
    const { port } = await serve(t, { listeners: [LISTENER] }, { request: recording(requests) });
    const old = dial(t, port());
    for (const byte of GET) {
      old.write(byte);
      await new Promise(setImmediate);
    }
    assert.match(await readText(old), /^HTTP\/1\.1 200 OK/);
    assert.equal((await ask(connectTo(t, port()), { ':path': '/two' })).status, 200);
    const slow = dial(t, port());
    for (const byte of Buffer.concat([PREFACE, frame(4, 0, 0)])) {
      slow.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    const [settings] = (await once(slow, 'data')) as [Buffer];
    assert.equal(settings[3], 4);
    assert.deepEqual(requests, ['GET /', 'GET /two']);
  });

  it('serves many requests at once, and no more than it says', async (t) => {
    const http2 = { max_concurrent_streams: 5 };
    const { port } = await serve(t, { http2, listeners: [LISTENER] }, { request: recording([]) });
    const session = connectTo(t, port());
    await once(session, 'remoteSettings');
    assert.equal(session.remoteSettings.maxConcurrentStreams, 5);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => ask(session, { ':path': `/${at}` })));
    assert.ok(answers.every(({ status }) => status === 200));
  });

  it('invites a body once, when somebody reads it', async (t) => {
    const { port } = await serve(t, { listeners: [LISTENER] }, { request: recording([]) });
    const stream = connectTo(t, port()).request({ ':path': '/', ':method': 'POST', expect: '100-continue' });
    let invitations = 0;
    stream.on('continue', () => {
      invitations += 1;
      stream.end('body');
    });
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    stream.resume();
    assert.deepEqual([headers[':status'], invitations], [200, 1]);
  });
});

describe('a malformed request of HTTP/2 reaches nobody', () => {
  const put = (name: string, value: string) => GOOD.map((pair) => (pair[0] === name ? ([name, value] as const) : pair));
  const without = (name: string) => GOOD.filter((pair) => pair[0] !== name);
  const cases: Readonly<Record<string, readonly Field[]>> = {
    Connection: [...GOOD, ['connection', 'close']],
    'Keep-Alive': [...GOOD, ['keep-alive', 'timeout=5']],
    'Proxy-Connection': [...GOOD, ['proxy-connection', 'close']],
    'Transfer-Encoding': [...GOOD, ['transfer-encoding', 'chunked']],
    Upgrade: [...GOOD, ['upgrade', 'websocket']],
    'TE other than trailers': [...GOOD, ['te', 'gzip']],
    'a name in upper case': [...GOOD, ['X-Name', 'value']],
    'no :method': without(':method'),
    'no :path': without(':path'),
    'no :scheme': without(':scheme'),
    'no authority at all': without(':authority'),
    'two :path': [...GOOD, [':path', '/other']],
    'two :method': [...GOOD, [':method', 'POST']],
    'an unknown pseudo-header field': [...GOOD, [':proto', 'x']],
    'a pseudo-header field after others': [['x-name', 'a'], ...GOOD],
    'an empty :path': put(':path', ''),
    'a :path without a slash': put(':path', 'orders'),
    'a :path in absolute form': put(':path', 'http://shop.test/'),
    'a :path with a space': put(':path', '/a b'),
    'a :path with CR LF': put(':path', '/ HTTP/1.1\r\nHost: evil.test'),
    'a :path with a fragment': put(':path', '/a#b'),
    'a :method with a space': put(':method', 'GET /x HTTP/1.1'),
    'a :method with CR LF': put(':method', 'GET\r\n'),
    'another :scheme': put(':scheme', 'ftp'),
    'an :authority with user information': put(':authority', 'user@shop.test'),
    'an :authority with a path': put(':authority', 'shop.test/x'),
    'an :authority with CR LF': put(':authority', 'shop.test\r\nx: y'),
    'another Host than :authority': [...GOOD, ['host', 'evil.test']],
    'two Host': [...without(':authority'), ['host', 'shop.test'], ['host', 'evil.test']],
    'two Content-Length': [...put(':method', 'POST'), ['content-length', '0'], ['content-length', '0']],
    'a list as Content-Length': [...put(':method', 'POST'), ['content-length', '0, 0']],
    'a Content-Length with a sign': [...put(':method', 'POST'), ['content-length', '+0']],
    'a Content-Length and no body': [...put(':method', 'POST'), ['content-length', '5']],
    'two Authorization': [...GOOD, ['authorization', 'Bearer a'], ['authorization', 'Bearer b']],
  };
  for (const [name, fields] of Object.entries(cases)) {
    it(name, async (t) => {
      const { requests, got } = await send(t, fields);
      assert.deepEqual(requests, []);
      // HEADERS are those of the refusal.
      assert.match(got, /^(?:RST_STREAM|GOAWAY|HEADERS)$/);
    });
  }

  it('while a whole one does, with Host beside :authority, and crumbs of a cookie', async (t) => {
    const { requests, got } = await send(t, [...GOOD, ['host', 'shop.test'], ['cookie', 'a=1'], ['cookie', 'b=2']]);
    assert.deepEqual([requests, got], [['GET /'], 'HEADERS']);
  });
});

describe('a malformed field of HTTP/2 reaches nobody', () => {
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    'a name with a space': ['x name', 'value'],
    'a name with a colon': ['x:name', 'value'],
    'a name with CR LF': ['x\r\ny', 'value'],
    'an empty name': ['', 'value'],
    'CR LF in a value': ['x-name', 'a\r\nx-other: b'],
    'LF in a value': ['x-name', 'a\nb'],
    'NUL in a value': ['x-name', 'a\0b'],
    'a value that begins with a space': ['x-name', ' a'],
    'a value that ends with a tab': ['x-name', 'a\t'],
  };
  for (const [name, field] of Object.entries(cases)) {
    it(name, async (t) => {
      const { names } = await send(t, [...GOOD, field, ['x-good', 'yes']]);
      assert.deepEqual(names, [':method', ':scheme', ':authority', ':path', 'x-good']);
    });
  }
});

describe('a client of HTTP/2 that costs more than it should', () => {
  const flood = async (
    t: TestContext,
    bytes: (at: number) => Buffer,
    settings: WrittenServer = {},
  ): Promise<string> => {
    const { port } = await serve(t, { ...settings, listeners: [LISTENER] }, { request: recording([]) });
    const socket = dial(t, port());
    socket.write(Buffer.concat([PREFACE, frame(4, 0, 0)]));
    const closed = once(socket, 'close');
    let goaway = 'none';
    onFrames(socket, (type, _stream, payload) => {
      if (type === 7) goaway = String(payload.readUInt32BE(4));
    });
    for (let at = 0; at < 2_000 && !socket.destroyed && goaway === 'none'; at += 1) {
      socket.write(bytes(at));
      if (at % 50 === 0) await new Promise(setImmediate);
    }
    socket.end();
    await closed;
    return goaway;
  };

  it('with pings is cut', async (t) => {
    assert.equal(await flood(t, () => frame(6, 0, 0, Buffer.alloc(8))), String(constants.NGHTTP2_ENHANCE_YOUR_CALM));
  });

  it('with settings is cut', async (t) => {
    assert.equal(await flood(t, () => frame(4, 0, 0)), String(constants.NGHTTP2_ENHANCE_YOUR_CALM));
  });

  it('with requests that it cancels at once is cut', async (t) => {
    const cancel = Buffer.alloc(4);
    cancel.writeUInt32BE(constants.NGHTTP2_CANCEL);
    const code = await flood(t, (at) => {
      const id = at * 2 + 1;
      return Buffer.concat([headersFrame(id, GOOD, { endStream: true }), frame(3, 0, id, cancel)]);
    });
    assert.notEqual(code, 'none');
    assert.notEqual(code, String(constants.NGHTTP2_NO_ERROR));
  });

  it('with continuations that do not end is cut', async (t) => {
    const code = await flood(t, (at) =>
      at === 0 ? frame(1, 0, 1, Buffer.from([0x82])) : frame(9, 0, 1, Buffer.from([0x84])),
    );
    assert.notEqual(code, 'none');
  });

  it('without a request is cut in time, whatever else it sends', async (t) => {
    const { port } = await serve(t, { headers_timeout: '200ms', listeners: [LISTENER] }, { request: recording([]) });
    const socket = dial(t, port());
    // The beginning of headers whose end never comes.
    socket.write(Buffer.concat([PREFACE, frame(4, 0, 0), frame(1, 0, 1, Buffer.from([0x82]))]));
    const startedMs = performance.now();
    await readText(socket);
    assert.ok(performance.now() - startedMs < 1_500);
  });

  it('with too many fields, or too large ones, is refused', async (t) => {
    const requests: string[] = [];
    const { port } = await serve(
      t,
      { max_headers: 20, max_headers_size: '4KiB', listeners: [LISTENER] },
      { request: recording(requests, { maxHeaders: 20, maxHeadersSizeBytes: 4_096 }) },
    );
    for (const more of [
      Array.from({ length: 30 }, (_, at) => [`x-${at}`, 'y'] as const),
      [['x-long', 'y'.repeat(5_000)] as const],
    ]) {
      const socket = dial(t, port());
      socket.write(Buffer.concat([PREFACE, frame(4, 0, 0), headersFrame(1, [...GOOD, ...more], { endStream: true })]));
      await readUntilAnswered(socket, 1);
      socket.destroy();
    }
    assert.deepEqual(requests, []);
  });
});

function connectTo(t: TestContext, port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`);
  t.after(() => session.destroy());
  return session;
}

async function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<{ status: unknown }> {
  const stream = session.request(headers);
  const [answer] = (await once(stream, 'response')) as [Record<string, unknown>];
  stream.resume();
  await once(stream, 'close');
  return { status: answer[':status'] };
}

/** One request of these fields. @returns what reached the handler, and the first thing that the server said of it. */
async function send(
  t: TestContext,
  fields: readonly Field[],
): Promise<{ requests: string[]; names: string[]; got: string }> {
  const requests: string[] = [];
  const names: string[] = [];
  const record = recording(requests);
  const { port } = await serve(
    t,
    { listeners: [LISTENER] },
    {
      request(request, response) {
        names.push(...request.rawHeaders.filter((_, at) => at % 2 === 0));
        record(request, response);
      },
    },
  );
  const socket = dial(t, port());
  socket.write(Buffer.concat([PREFACE, frame(4, 0, 0), headersFrame(1, fields, { endStream: true })]));
  const got = await readUntilAnswered(socket, 1);
  socket.destroy();
  return { requests, names, got };
}

type OnFrame = (type: number, stream: number, payload: Buffer) => void;

function onFrames(socket: NodeJS.ReadableStream, onFrame: OnFrame): void {
  let bytes: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 9) {
      const length = bytes.readUIntBE(0, 3);
      if (bytes.length < 9 + length) return;
      onFrame(bytes.readUInt8(3), bytes.readUInt32BE(5) & 0x7fffffff, bytes.subarray(9, 9 + length));
      bytes = bytes.subarray(9 + length);
    }
  });
}

/** What the server says of a stream first. */
function readUntilAnswered(socket: NodeJS.ReadableStream, id: number): Promise<string> {
  return new Promise((resolve) => {
    onFrames(socket, (type, stream) => {
      if (type === 7) resolve('GOAWAY');
      if (stream !== id) return;
      if (type === 3) resolve('RST_STREAM');
      if (type === 1) resolve('HEADERS');
    });
    socket.on('close', () => resolve('closed'));
  });
}
