import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const WEIR = join(import.meta.dirname, '../../src/cli/weir.ts');
const FOLDER = join(import.meta.dirname, 'operations');

/** Each command line, and the file that says what it prints. `UPDATE_GOLDEN=1` writes the files anew. */
const CASES = {
  'check-operations': ['check', '--operations', 'operations/people.graphql', 'operations/fragments.graphql'],
  'check-operations-wrong': ['check', '--operations', 'operations/*'],
  'check-unknown-rules': ['check', '--config', 'unknown-rules.yaml'],
  'check-operations-none': ['check', '--operations', 'nowhere/*.graphql'],
  'explain-anonymous': ['explain', 'person.graphql'],
  'explain-client': [
    'explain',
    'person.graphql',
    '--variables',
    '{"first": 60}',
    '--identity',
    '{"subject": "ada", "scopes": ["audit", "admin"], "roles": ["owner"]}',
  ],
  'explain-mermaid': ['explain', 'person.graphql', '--format', 'mermaid'],
} as const;

describe('the command line tells of operations', { concurrency: 2, timeout: 60_000 }, () => {
  for (const [name, args] of Object.entries(CASES)) {
    it(`as its case says: weir ${args.join(' ')}`, async () => {
      const file = join(import.meta.dirname, 'golden', `${name}.txt`);
      const { code, stdout, stderr } = await run(args);
      const actual = `$ weir ${args.join(' ')}\n${stdout}--- stderr\n${stderr}--- exit code ${code}\n`;
      if (process.env.UPDATE_GOLDEN === '1') await writeFile(file, actual);
      assert.equal(actual, await readFile(file, 'utf8'));
    });
  }

  it('as JSON, for other tools', async () => {
    const { stdout } = await run(['explain', 'person.graphql', '--format', 'json']);
    const { plan, ...facts } = JSON.parse(stdout);
    assert.equal(plan.kind, 'QueryPlan');
    const path = (...keys: string[]) => ({ path: keys, authenticated: false, scopes: [], policies: [] });
    assert.deepEqual(facts, {
      ...{ engine: 'compiled', planner: 'own', declined: [], calls: 2, stages: 2, cost: 22, beyond: [] },
      ...{ depth: 3, aliases: 0, rootFields: 2, directives: 0, tokens: 29 },
      asks: [
        { ...path('me'), authenticated: true },
        { ...path('me', 'email'), scopes: [[['email'], ['admin', 'audit']]] },
        { ...path('me', 'manager', 'salary'), policies: [[['owner']]] },
      ],
    });
  });
});

function run(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [WEIR, ...args], { cwd: FOLDER }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}
