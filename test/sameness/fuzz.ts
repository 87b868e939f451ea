import { parseArgs } from 'node:util';
import type { PlannerName } from '../../src/planner/query-planner.ts';
import { compareUnderFaults, compareWhole } from './compare.ts';
import { createEngines } from './engines.ts';
import { federate } from './federation/federate.ts';
import { isOpenIn } from './open-differences.ts';
import { compareCases, type RunReport } from './random-run.ts';
import { SUPERGRAPHS } from './supergraphs/all.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    supergraph: { type: 'string', default: Object.keys(SUPERGRAPHS).join(',') },
    faults: { type: 'boolean', default: false },
    engine: { type: 'string', default: 'stitch,compiled' },
    planner: { type: 'string', default: 'own' },
  },
});

const ROUND = 50;
const endMs = performance.now() + Number(values.seconds) * 1000;
const engineNames = values.engine.split(',');
const planners = values.planner.split(',').filter((name): name is PlannerName => name === 'own' || name === 'native');
const subjects = values.supergraph.split(',').map((name) => {
  const create = SUPERGRAPHS[name];
  if (create === undefined) throw new Error(`There is no supergraph "${name}"; there are ${Object.keys(SUPERGRAPHS)}`);
  const federation = federate(create());
  const engines = createEngines(federation.supergraph, federation.subgraphs, planners);
  return { name, federation, engines: engines.filter((engine) => engineNames.includes(engine.name)) };
});
const totals = new Map<string, RunReport[]>(subjects.map(({ name }) => [name, []]));

console.log(`seed ${values.seed}, ${values.seconds} s`);
try {
  for (let seed = Number(values.seed); performance.now() < endMs; seed += ROUND) {
    for (const { name, federation, engines } of subjects) {
      const seeds = Array.from({ length: ROUND }, (_, at) => seed + at);
      const compare = values.faults ? compareUnderFaults : compareWhole;
      const isOpen = isOpenIn(name, values.faults ? 'faults' : 'whole');
      totals.get(name)?.push(await compareCases(federation, engines, seeds, compare(federation, engines, isOpen)));
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
for (const [name, reports] of totals) console.log(`${name}: ${describe(reports)}`);

function describe(reports: readonly RunReport[]): string {
  const sum = (pick: (report: RunReport) => number) => reports.reduce((total, report) => total + pick(report), 0);
  const declined = engineNames.map((name) => `${name} declined ${sum((report) => report.declined[name] ?? 0)}`);
  return `${sum((report) => report.operations)} operations, ${sum((report) => report.fields)} fields, ${declined.join(', ')}`;
}
