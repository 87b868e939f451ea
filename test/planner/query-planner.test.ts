import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'graphql';
import { drawPlan } from '../../src/planner/draw-plan.ts';
import { normaliseOperation } from '../../src/planner/normalise.ts';
import type { Operation } from '../../src/planner/operation.ts';
import { printPlan } from '../../src/planner/print-plan.ts';
import { createQueryPlanner, type QueryPlanner } from '../../src/planner/query-planner.ts';
import { depotWorld } from '../engine/worlds/depot.ts';
import { federate } from '../engine/worlds/federate.ts';
import { library } from '../engine/worlds/library.ts';
import { shop } from '../engine/worlds/shop.ts';

const worlds = new Map([shop, library, depotWorld].map((world) => [world.name, federate(world)]));
const planners = new Map<string, QueryPlanner>();

function plannerOf(world: string): QueryPlanner {
  const known = planners.get(world) ?? createQueryPlanner(worlds.get(world)?.supergraphSdl ?? '');
  planners.set(world, known);
  return known;
}

function operationOf(world: string, text: string): Operation {
  const federation = worlds.get(world);
  assert.ok(federation);
  return normaliseOperation(federation.apiSchema, parse(text), null, {});
}

async function plan(world: string, text: string) {
  const planned = await plannerOf(world).plan(operationOf(world, text));
  if ('failure' in planned) throw planned.failure;
  return planned.plan;
}

/** Golden plans: `# name`, `world: operation`, the plan; divided by lines of dashes. `UPDATE_GOLDEN=1` writes them anew. */
const goldenFile = new URL('fixtures/plans.txt', import.meta.url);
const sections = readFileSync(goldenFile, 'utf8')
  .split(/^-{3,}\n/m)
  .map((section) => {
    const [title = '', request = '', ...expected] = section.trimEnd().split('\n');
    const [, world = '', text = ''] = /^(\w+): (.*)$/.exec(request) ?? [];
    return { title, request, world, text, expected: expected.join('\n') };
  });
if (process.env.UPDATE_GOLDEN === '1') {
  const written = await Promise.all(
    sections.map(
      async ({ title, request, world, text }) => `${title}\n${request}\n${printPlan(await plan(world, text))}\n`,
    ),
  );
  writeFileSync(goldenFile, written.join('---\n'));
}
for (const { title, world, text, expected } of sections) {
  test(`plan: ${title.replace(/^# /, '')}`, async () => {
    assert.equal(printPlan(await plan(world, text)), expected);
  });
}

test('an operation is planned once, and the plan kept', async () => {
  const planner = createQueryPlanner(worlds.get('shop')?.supergraphSdl ?? '');
  const operation = operationOf('shop', '{me{id}}');
  assert.equal(planner.peek(operation), undefined);
  const [first, second] = await Promise.all([planner.plan(operation), planner.plan(operation)]);
  assert.equal(first, second);
  assert.equal(planner.peek(operation), first);
  assert.equal(await planner.plan(operationOf('shop', '{me{id}}')), first);
});

test('a plan that cannot be kept is made again', async () => {
  const planner = createQueryPlanner(worlds.get('shop')?.supergraphSdl ?? '', { maxCacheBytes: 0 });
  const operation = operationOf('shop', '{me{id}}');
  assert.notEqual(await planner.plan(operation), await planner.plan(operation));
});

test('what cannot be planned says so, with the cause', async () => {
  const planned = await plannerOf('shop').plan(operationOf('library', '{books{pages}}'));
  assert.ok('failure' in planned && planned.failure.cause instanceof Error);
});

test('a supergraph that is none is refused', () => {
  assert.throws(() => createQueryPlanner('no schema'));
});

test('a plan is drawn with an arrow from what each fetch waits for', async () => {
  assert.equal(
    drawPlan(await plan('shop', '{me{name reviews{id}} topProducts{inStock}}')),
    readFileSync(new URL('fixtures/drawing.mmd', import.meta.url), 'utf8').trimEnd(),
  );
});
