import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as z from 'zod';
import { duration, section, size } from '../../src/config/schema/section.ts';

describe('section', () => {
  it('turns snake_case keys into camelCase and adds the unit of durations and sizes', () => {
    const schema = section({
      max_idle_time: duration('d').prefault('5s'),
      body: size('s').optional(),
      log_level: z.string(),
      p95_ms: z.number(),
    });
    const parsed = schema.parse({ log_level: 'info', p95_ms: 3, body: '2KiB' });
    assert.deepEqual(parsed, { maxIdleTimeMs: 5000, bodyBytes: 2048, logLevel: 'info', p95Ms: 3 });
  });

  it('refuses unknown keys', () => {
    assert.equal(section({ a: z.string().optional() }).safeParse({ b: 1 }).success, false);
  });

  it('runs its rules also when a key is wrong', () => {
    const rule = { check: () => ({ message: 'Never right', hint: 'None' }) };
    const { error } = section({ a: z.string() }, rule).safeParse({ a: 1, b: 2 });
    assert.deepEqual(error?.issues.map(({ code }) => code).sort(), ['custom', 'invalid_type', 'unrecognized_keys']);
  });
});

describe('duration', () => {
  it('reads every unit as milliseconds', () => {
    const texts = ['250ms', '5s', '1.5m', '2h', '7d', '0s'];
    assert.deepEqual(
      texts.map((text) => duration('d').parse(text)),
      [250, 5_000, 90_000, 7_200_000, 604_800_000, 0],
    );
  });

  it('refuses what has no unit, a sign, a space or an unknown unit', () => {
    for (const text of ['5', '-5s', '5 s', '5w', '', 's', '1e3s', '5s ']) {
      assert.equal(duration('d').safeParse(text).success, false, text);
    }
  });

  it('keeps to its bounds', () => {
    const bounded = duration('d', { min: '1s', max: '5s' });
    assert.deepEqual(
      ['999ms', '1s', '5s', '5001ms'].map((text) => bounded.safeParse(text).success),
      [false, true, true, false],
    );
  });
});

describe('size', () => {
  it('counts whole bytes, in powers of 1024 and of 1000', () => {
    const texts = ['512B', '1.5KiB', '2MiB', '1GiB', '2kB', '1MB', '1GB', '0.3B'];
    assert.deepEqual(
      texts.map((text) => size('s').parse(text)),
      [512, 1536, 2 ** 21, 2 ** 30, 2000, 1e6, 1e9, 0],
    );
  });

  it('is never negative or broken', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('B', 'KiB', 'MiB', 'GiB', 'kB', 'MB', 'GB'), (amount, unit) => {
        const bytes = size('s').parse(`${amount}${unit}`) as number;
        assert.ok(Number.isInteger(bytes) && bytes >= amount);
      }),
    );
  });
});
