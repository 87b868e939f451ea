import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gatewaySchema } from '../../src/config/schema/gateway.ts';
import type { AccessRecord } from '../../src/telemetry/access-log.ts';
import { openTelemetry } from '../../src/telemetry/telemetry.ts';

const { telemetry: config } = gatewaySchema.parse({});
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', '\n', '\u2028', '\ud800', '', '/a?b'));

test('a line of the access log is one JSON object that says what the record says, as every other line', async (t) => {
  const lines: string[] = [];
  const telemetry = openTelemetry(config, { write: (line) => void lines.push(line) });
  t.after(() => telemetry.close());
  const record: fc.Arbitrary<AccessRecord> = fc.record(
    {
      requestId: text,
      traceId: fc.constant('0af7651916cd43dd8448eb211c80319c'),
      method: text,
      path: text,
      route: text,
      status: fc.integer({ min: 200, max: 599 }),
      durationMs: fc.float({ min: 0, max: 1_000, noNaN: true }),
      client: text,
      subject: text,
      operationName: text,
      engine: text,
      errorCount: fc.nat(),
      cache: text,
    },
    { requiredKeys: ['requestId', 'traceId', 'method', 'path', 'route', 'status', 'durationMs', 'client'] },
  );
  fc.assert(
    fc.property(record, (each) => {
      lines.length = 0;
      telemetry.logger.info(each, 'request');
      telemetry.accessLog(each);
      const [byLogger, own] = lines as [string, string];
      assert.ok(own.endsWith('}\n') && own.indexOf('\n') === own.length - 1);
      const { time, ...said } = JSON.parse(own);
      const { time: timeOfLogger, ...expected } = JSON.parse(byLogger);
      assert.deepEqual(said, expected);
      assert.deepEqual(Object.keys(JSON.parse(own)), Object.keys(JSON.parse(byLogger)));
      assert.ok(Date.parse(time) - Date.parse(timeOfLogger) < 1_000);
      assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }),
  );
});

test('where the log is off or quieter, requests are measured only', async (t) => {
  for (const quiet of [{ accessLog: false }, { logLevel: 'warn' as const }]) {
    const lines: string[] = [];
    const telemetry = openTelemetry({ ...config, ...quiet }, { write: (line) => void lines.push(line) });
    t.after(() => telemetry.close());
    telemetry.accessLog({
      ...{ requestId: 'a', traceId: 'b', method: 'GET', path: '/', route: 'r', client: 'c' },
      ...{ status: 200, durationMs: 1 },
    });
    assert.deepEqual(lines, []);
    assert.match(await telemetry.metrics.scrape(), /http_route="r"/);
  }
});
