import { Kind } from 'graphql';
import type { Subgraph, SubgraphRequest, SubgraphResult } from '../../../src/subgraphs/subgraph.ts';
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
          return result.data == null
            ? result
            : { ...result, data: untidy(result.data, seed) as SubgraphResult['data'] & {} };
        }
      }
    },
  };
}

function rootKeys({ operation }: SubgraphRequest): readonly string[] {
  return operation.document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? definition.selectionSet.selections.flatMap((node) =>
          node.kind === Kind.FIELD ? (node.alias ?? node.name).value : [],
        )
      : [],
  );
}

function untidy(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((item) => untidy(item, seed));
  if (typeof value !== 'object' || value === null) return value;
  const random = createRandom(hash(`${seed} ${Object.keys(value)}`));
  const entries = Object.entries(value).map(([key, item]) => [key, untidy(item, seed)] as const);
  const shuffled = entries.toSorted(() => random.below(3) - 1);
  // fromEntries defines: a key may be `__proto__`.
  return Object.fromEntries([['surplus', { more: [random.below(9)] }], ...shuffled, ['toString', 'surplus']]);
}
