import { Kind, visit } from 'graphql';
import type { Subgraph, SubgraphRequest } from '../../../src/subgraphs/subgraph.ts';
import { createRandom } from '../random.ts';
import { hash } from './faults.ts';

/** What a subgraph's server does to all of its answers. */
export type Disturbance =
  /** Adds members that nobody asked for, and gives them in another order: a client must not notice. */
  | 'untidy'
  /** Fails whole, by an error without data. */
  | 'down'
  /** Answers with a text in place of every root field. */
  | 'nonsense';

/** A subgraph whose answers are disturbed on the way; the same seed disturbs alike. */
export function disturbAnswers(subgraph: Subgraph, disturbance: Disturbance, seed: number): Subgraph {
  return {
    ...subgraph,
    async execute(request) {
      switch (disturbance) {
        case 'down':
          return { data: null, errors: [{ message: `Subgraph "${subgraph.name}" is down` }] };
        case 'nonsense':
          return { data: Object.fromEntries(rootKeys(request).map((key) => [key, 'nonsense'])) };
        case 'untidy': {
          const result = await subgraph.execute(request);
          if (result.data == null) return result;
          return { ...result, data: untidy(result.data, seed, objectKeys(request)) as Record<string, unknown> };
        }
      }
    },
  };
}

function rootKeys({ operation }: SubgraphRequest): readonly string[] {
  return operation.document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? definition.selectionSet.selections.flatMap((node) =>
          node.kind === Kind.FIELD && node.name.value !== '__typename' ? (node.alias ?? node.name).value : [],
        )
      : [],
  );
}

/** Response keys of fields that have selections: what stands under others is a leaf, which may be an object too. */
function objectKeys({ operation }: SubgraphRequest): ReadonlySet<string> {
  const keys = new Set<string>();
  visit(operation.document, {
    Field({ name, alias, selectionSet }) {
      if (selectionSet !== undefined) keys.add((alias ?? name).value);
    },
  });
  return keys;
}

function untidy(value: unknown, seed: number, objects: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => untidy(item, seed, objects));
  if (typeof value !== 'object' || value === null) return value;
  const random = createRandom(hash(`${seed} ${Object.keys(value)}`));
  const entries = Object.entries(value).map(
    ([key, item]) => [key, objects.has(key) ? untidy(item, seed, objects) : item] as const,
  );
  const shuffled = entries.toSorted(() => random.below(3) - 1);
  // fromEntries defines: a key may be `__proto__`.
  return Object.fromEntries([['surplus', { more: [random.below(9)] }], ...shuffled]);
}
