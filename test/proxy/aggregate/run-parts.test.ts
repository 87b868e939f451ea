import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { routeAggregate } from '../../../src/config/schema/route-aggregate.ts';
import { transportSchema } from '../../../src/config/schema/transport.ts';
import { WeirError } from '../../../src/errors.ts';
import { compilePart } from '../../../src/proxy/aggregate/part.ts';
import { runParts } from '../../../src/proxy/aggregate/run-parts.ts';
import type { Upstream } from '../../../src/transport/upstream.ts';
import { reach } from '../../transport/reach.ts';
import { startServer } from '../../transport/recording-server.ts';
import { contextOf } from '../../transport/request-context.ts';
import { VirtualClock } from '../../transport/virtual-clock.ts';

/** An upstream whose answers come in an order that the test chooses, and that knows what is under way. */
class ScriptedUpstream implements Upstream {
  readonly name = 'shop';
  readonly started: string[] = [];
  readonly ended: string[] = [];
  readonly #fails: (part: string) => boolean;
  readonly #waiting: { readonly part: string; readonly settle: () => void }[] = [];

  constructor(fails: (part: string) => boolean) {
    this.#fails = fails;
  }

  send: Upstream['send'] = ({ path }, { signal }) => {
    const part = path.split('/')[1] as string;
    this.started.push(part);
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.ended.push(part);
        const status = this.#fails(part) ? 500 : 200;
        resolve({ status, headers: { 'content-type': 'application/json' }, body: `{"id":"${part}"}` });
      };
      this.#waiting.push({ part, settle });
      signal.addEventListener('abort', () => {
        if (this.ended.includes(part)) return;
        this.ended.push(part);
        reject(new WeirError('CLIENT_CLOSED_REQUEST'));
      });
    });
  };

  /** Lets one answer come. @returns whether one was awaited. */
  answerOne(choice: number): boolean {
    if (this.#waiting.length === 0) return false;
    this.#waiting.splice(choice % this.#waiting.length, 1)[0]?.settle();
    return true;
  }

  stream: Upstream['stream'] = () => Promise.reject(new Error('Nothing streams here'));
  upgrade: Upstream['upgrade'] = () => Promise.reject(new Error('Nothing is upgraded here'));
  close = () => Promise.resolve();
}

/** Parts that read earlier ones only: `reads[n]` are numbers below n. */
const graphs = fc
  .array(fc.record({ reads: fc.array(fc.nat(9), { maxLength: 3 }), fails: fc.boolean(), isOptional: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) =>
    parts.map((part, index) => ({ ...part, reads: [...new Set(part.reads.filter((read) => read < index))] })),
  );

describe('the parts of an aggregate', () => {
  it('are sent once each, after those that they read, and none is left under way', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.infiniteStream(fc.nat(20)), fc.boolean(), async (graph, choices, stopsAtError) => {
        const upstream = new ScriptedUpstream((part) => graph[Number(part.slice(1))]?.fails === true);
        const { parts } = routeAggregate.parse({
          parts: Object.fromEntries(
            graph.map(({ reads, isOptional }, index) => [
              `p${index}`,
              {
                upstream: 'shop',
                path: `/p${index}${reads.map((read) => `/{$parts.p${read}.id}`).join('')}`,
                on_error: isOptional ? 'omit' : 'fail',
              },
            ]),
          ),
        });
        // The order of the config means nothing.
        const compiled = Object.entries(parts)
          .toReversed()
          .map(([name, part]) => compilePart('route', name, part, { get: () => upstream }));
        let isDone = false;
        const outcome = runParts(compiled, {}, contextOf(), { client: [], stopsAtError }).then(
          (result) => ({ result }),
          (error: WeirError) => ({ error }),
        );
        void outcome.then(() => {
          isDone = true;
        });
        for (const choice of choices) {
          await new Promise(setImmediate);
          if (isDone) break;
          assert.ok(upstream.answerOne(choice), 'something is under way until the end');
        }

        const { started, ended } = upstream;
        assert.equal(new Set(started).size, started.length);
        assert.deepEqual(new Set(ended), new Set(started));
        for (const [index, { reads }] of graph.entries()) {
          if (!started.includes(`p${index}`)) continue;
          for (const read of reads) assert.ok(started.indexOf(`p${read}`) < started.indexOf(`p${index}`));
        }
        const broken = graph.map(() => false);
        for (const [index, { reads, fails }] of graph.entries())
          broken[index] = fails || reads.some((read) => broken[read]);
        const isFailed = graph.some(({ isOptional }, index) => broken[index] === true && !isOptional);
        const settled = await outcome;
        assert.equal('error' in settled, stopsAtError && isFailed);
        if (!('result' in settled)) return;
        for (const [index, { reads, fails }] of graph.entries()) {
          const kind: string | undefined = settled.result.outcomes.get(`p${index}`)?.kind;
          assert.equal(kind, broken[index] ? 'failed' : 'answered');
          assert.equal(
            started.includes(`p${index}`),
            reads.every((read) => !broken[read]),
          );
          assert.equal(Object.hasOwn(settled.result.values, `p${index}`), !broken[index], String(fails));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are given up with the request, and that is no failure of their upstreams', async (t) => {
    const arrived = Promise.withResolvers<void>();
    const server = await startServer(t, () => arrived.resolve());
    const clock = new VirtualClock();
    const { upstream: slow } = reach(t, server.url, transportSchema.parse({ breaker: { failures: 1 } }), { clock });
    const late = new ScriptedUpstream(() => false);
    late.send = async () => {
      await arrived.promise;
      // More than half of what the other has.
      clock.suspend(20_000);
      throw new WeirError('DEADLINE_EXCEEDED');
    };
    const { parts } = routeAggregate.parse({
      parts: { slow: { upstream: 'slow', path: '/' }, late: { upstream: 'late', path: '/' } },
    });
    const compiled = Object.entries(parts).map(([name, part]) =>
      compilePart('route', name, part, { get: () => (name === 'slow' ? slow : late) }),
    );
    const running = runParts(compiled, {}, contextOf({ deadlineMs: 30_000 }), { client: [], stopsAtError: true });
    await assert.rejects(running, { code: 'DEADLINE_EXCEEDED' });
    assert.equal(slow.state.breaker?.state.kind, 'closed');
  });
});
