import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { EncodedForms } from '../../../src/content-coding/encoded-forms.ts';
import type { Kept } from '../../../src/proxy/cache/answer-store.ts';
import type { CacheEvent } from '../../../src/proxy/cache/cache-event.ts';
import { decodeEntry, encodeEntry } from '../../../src/proxy/cache/entry-format.ts';
import { MemoryStore } from '../../../src/proxy/cache/memory-store.ts';

const text = fc.string({ unit: 'binary' });
const ms = fc.integer({ min: 0, max: 2 ** 45 });
const answer: fc.Arbitrary<Kept> = fc
  .record({
    status: fc.integer({ min: 200, max: 599 }),
    headers: fc.array(fc.tuple(text, text)).map((pairs) => pairs.flat()),
    body: fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
    ...{ bornMs: ms, freshMs: ms, staleWhileRevalidateMs: ms, staleIfErrorMs: ms, mayBeStale: fc.boolean() },
  })
  .map((each) => ({ kind: 'answer', answer: { ...each } }));
const variants: fc.Arbitrary<Kept> = fc
  .record({ names: fc.array(text), mark: text })
  .map((each) => ({ kind: 'variants', variants: { ...each } }));
const kept = fc.oneof(answer, variants);

describe('an entry in the form of the store', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(kept, (entry) => assert.deepEqual(decodeEntry(encodeEntry(entry)), entry)));
  });

  it('is none when a byte of it is another, or it is cut, or it is something else', () => {
    fc.assert(
      fc.property(kept, fc.nat(), fc.integer({ min: 1, max: 255 }), (entry, at, change) => {
        const bytes = encodeEntry(entry);
        const index = at % bytes.length;
        assert.equal(decodeEntry(bytes.subarray(0, index)), undefined);
        bytes.writeUInt8(bytes.readUInt8(index) ^ change, index);
        assert.equal(decodeEntry(bytes), undefined);
      }),
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.equal(decodeEntry(Buffer.from(bytes)), undefined)));
  });
});

const entryOf = (bytes: number): Kept => ({
  kind: 'answer',
  answer: {
    ...{ status: 200, headers: [], body: Buffer.alloc(bytes), bornMs: 0, freshMs: 1, mayBeStale: true },
    ...{ staleWhileRevalidateMs: 0, staleIfErrorMs: 0 },
  },
});

describe('the store in memory', () => {
  it('never holds more than it may, and keeps what was used last', () => {
    const key = fc.integer({ min: 0, max: 20 }).map(String);
    const step = fc.oneof(
      fc.record({ op: fc.constant('set' as const), key, bytes: fc.nat(6_000) }),
      fc.record({ op: fc.constantFrom('get' as const, 'delete' as const), key, bytes: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        let evicted = 0;
        let sets = 0;
        const onEvent = (event: CacheEvent) => {
          if (event.type === 'evicted') evicted += event.count;
        };
        const store = new MemoryStore({ maxBytes: 20_000, onEvent, epochMs: () => 0 });
        for (const { op, key: name, bytes } of steps) {
          if (op === 'set') {
            sets += 1;
            store.set(name, entryOf(bytes), 10);
            assert.ok(store.get(name) !== undefined);
          } else store[op](name);
          assert.ok(store.bytes <= 20_000 && store.bytes >= 0);
        }
        for (let i = 0; i <= 20; i += 1) store.delete(String(i));
        assert.equal(store.bytes, 0);
        assert.ok(evicted <= sets);
      }),
    );
  });

  it('counts what is encoded beside a body, while it is kept', async () => {
    const store = new MemoryStore({ maxBytes: 10_000, epochMs: () => 0 });
    const formsOf = (key: string) => {
      const found = store.get(key);
      assert.ok(found?.kind === 'answer' && found.answer.forms !== undefined);
      return found.answer.forms;
    };
    for (const key of ['a', 'b']) store.set(key, entryOf(2_500), 10);
    const before = store.bytes;
    const form = formsOf('a').get('gzip', () => Buffer.alloc(1_000));
    assert.deepEqual(formsOf('a').get('gzip', assert.fail), form);
    assert.equal(store.bytes, before + 1_000);
    const late = Promise.withResolvers<Buffer>();
    const [one, other] = [1, 2].map(() => formsOf('b').get('br', () => late.promise));
    assert.equal(one, other);
    store.delete('b');
    const left = store.bytes;
    late.resolve(Buffer.alloc(1_000));
    await one;
    assert.equal(store.bytes, left);
    // Too much of it drives others out, and the body itself at last.
    store.set('c', entryOf(2_500), 10);
    formsOf('c').get('br', () => Buffer.alloc(5_000));
    assert.deepEqual([store.get('a'), store.get('c') !== undefined], [undefined, true]);
    formsOf('c').get('zstd', () => Buffer.alloc(5_000));
    assert.deepEqual([store.get('c'), store.bytes], [undefined, 0]);
  });

  it('holds of a form no more memory than it counts', async () => {
    const forms = new EncodedForms(Buffer.from('x'), () => {});
    const make = () => gzipSync('a text');
    const made = await forms.get('gzip', make);
    const kept = await forms.get('gzip', assert.fail);
    assert.deepEqual([kept, kept.buffer.byteLength], [made, made.length]);
  });

  it('makes a form anew where making it has failed', async () => {
    const forms = new EncodedForms(Buffer.from('x'), () => {});
    const fail = () => Promise.reject(new Error('no memory'));
    await assert.rejects(async () => forms.get('br', fail), /no memory/);
    assert.equal(String(await forms.get('br', async () => Buffer.from('y'))), 'y');
  });

  it('lets the longest unused go first, and what is over', () => {
    let nowMs = 0;
    const evicted: unknown[] = [];
    const store = new MemoryStore({
      maxBytes: 10_000,
      onEvent: (event) => void evicted.push(event),
      epochMs: () => nowMs,
    });
    for (const key of ['a', 'b', 'c']) store.set(key, entryOf(2_500), 10);
    store.get('a');
    store.set('d', entryOf(2_500), 10);
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((key) => store.get(key) !== undefined),
      [true, false, true, true],
    );
    assert.deepEqual(evicted, [{ type: 'evicted', count: 1 }]);
    store.set('e', entryOf(20_000), 10);
    assert.equal(store.get('e'), undefined);
    assert.equal(store.get('d') !== undefined, true);
    nowMs = 10;
    assert.equal(store.get('a'), undefined);
  });
});
