import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FieldReader } from '../../src/http1/field-reader.ts';
import { MalformedMessage } from '../../src/http1/malformed-message.ts';
import { ViewedMemory } from '../../src/http1/viewed-memory.ts';

/** What stands behind what was received: of a message before, in memory that is used again. */
const STALE = 'x-stale: of another client\r\n\r\n';

interface Section {
  readonly fields: string[];
  readonly length: number;
}

function read(reader: FieldReader, section: string, before = ''): Section | 'incomplete' | 'malformed' {
  const bytes = Buffer.from(`${before}${section}${STALE}`, 'latin1');
  const end = before.length + section.length;
  try {
    const next = reader.read(bytes, before.length, end);
    return next === -1 ? 'incomplete' : { fields: reader.takeFields(), length: next - before.length };
  } catch (error) {
    assert.ok(error instanceof MalformedMessage);
    return 'malformed';
  }
}

const afresh = (section: string) => read(new FieldReader(new ViewedMemory()), section);

/** From few words, so that a section is often much like the one before; some are none. */
const word = fc.constantFrom(
  'a',
  'ab',
  'accept',
  'date',
  'x',
  ' ',
  '\t',
  'é',
  'a'.repeat(30),
  'a: b',
  ':',
  '\r',
  '\n',
  '\0',
  '',
);
const line = fc
  .tuple(word, fc.constantFrom(':', ': ', ':\t ', ''), word, fc.constantFrom('\r\n', ' \r\n', '\r', '\n'))
  .map((parts) => parts.join(''));
const goodLine = fc
  .tuple(fc.constantFrom('a', 'ab', 'date', 'accept'), fc.constantFrom('', '1', '12', 'a'.repeat(40), 'b c'))
  .map(([name, value]) => `${name}: ${value}\r\n`);
const section = fc
  .array(fc.oneof({ weight: 20, arbitrary: goodLine }, { weight: 1, arbitrary: line }), { maxLength: 4 })
  .map((lines) => `${lines.join('')}\r\n`);

test('what came before on a connection changes nothing of what is read', () => {
  fc.assert(
    fc.property(fc.array(section, { minLength: 30, maxLength: 60 }), fc.nat(9), (sections, offset) => {
      const reader = new FieldReader(new ViewedMemory());
      for (const each of sections) {
        const expected = afresh(each);
        assert.deepEqual(read(reader, each, '.'.repeat(offset)), expected, JSON.stringify(each));
      }
    }),
    { numRuns: 300 },
  );
});

test('a section that is not all here is not read, however much of it is known', () => {
  const whole = 'accept: application/json\r\nuser-agent: test\r\nempty:\r\n\r\n';
  const reader = new FieldReader(new ViewedMemory());
  for (let i = 0; i < 3; i++) read(reader, whole);
  for (let length = 0; length < whole.length; length++) {
    const part = whole.slice(0, length);
    assert.equal(read(reader, part), 'incomplete', part);
  }
  const fields = ['accept', 'application/json', 'user-agent', 'test', 'empty', ''];
  assert.deepEqual(read(reader, whole), { fields, length: whole.length });
});

test('who changes the fields that were read changes none that are read later', () => {
  const reader = new FieldReader(new ViewedMemory());
  for (let i = 0; i < 40; i++) {
    const { fields } = read(reader, 'a: 1\r\nb: 2\r\n\r\n') as Section;
    assert.deepEqual(fields, ['a', '1', 'b', '2']);
    fields[1] = '1\r\nevil: yes';
    fields.push('c', '3');
  }
});
