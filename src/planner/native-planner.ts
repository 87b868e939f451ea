import { createRequire } from 'node:module';
import type { QueryPlan, QueryPlanner } from '@graphql-hive/router-query-planner';
import { type DocumentNode, Kind, type OperationDefinitionNode, print, stripIgnoredCharacters } from 'graphql';

/** The planner of Hive Router. */
export interface NativePlanner {
  /**
   * Plans off the main thread.
   * @param document one normalised operation, every field under its data key, without root fields of introspection.
   */
  plan(document: DocumentNode): Promise<QueryPlan>;
}

interface Addon {
  readonly QueryPlanner: new (supergraphSdl: string) => QueryPlanner;
}

let addon: Addon | { readonly failure: Error } | undefined;

/**
 * Loads the planner on the first call. Binaries exist for Linux with glibc and macOS, on x64 and arm64.
 * @param activeLabels labels of `@override(label:)` that are on.
 * @throws {Error} where there is none for the platform, or the supergraph is refused.
 */
export function createNativePlanner(supergraphSdl: string, activeLabels: ReadonlySet<string>): NativePlanner {
  addon ??= requireAddon();
  if ('failure' in addon) throw addon.failure;
  const native = new addon.QueryPlanner(supergraphSdl);
  const labels = new Set(activeLabels);
  const planSelections = (
    definition: OperationDefinitionNode,
    selections: OperationDefinitionNode['selectionSet']['selections'],
  ): Promise<QueryPlan> => native.planAsync(printPart(definition, selections), definition.name?.value, labels, 0);
  return {
    async plan(document) {
      const [definition] = document.definitions;
      if (definition?.kind !== Kind.OPERATION_DEFINITION) return { kind: 'QueryPlan' };
      const roots = definition.selectionSet.selections;
      const plan = await planSelections(definition, roots);
      if (definition.operation !== 'mutation' || roots.length === 1 || plan.node?.kind === 'Fetch') return plan;
      // GraphQL §6.2.2: a root field begins when the one before it is complete, entity fetches and all.
      const plans = await Promise.all(roots.map((root) => planSelections(definition, [root])));
      return { kind: 'QueryPlan', node: { kind: 'Sequence', nodes: plans.flatMap(({ node }) => node ?? []) } };
    },
  };
}

function requireAddon(): Addon | { readonly failure: Error } {
  try {
    return createRequire(import.meta.url)('@graphql-hive/router-query-planner') as Addon;
  } catch (cause) {
    const platform = `${process.platform}-${process.arch}`;
    return { failure: new Error(`Cannot load the native query planner for ${platform}`, { cause }) };
  }
}

function printPart(
  definition: OperationDefinitionNode,
  selections: OperationDefinitionNode['selectionSet']['selections'],
): string {
  const part: OperationDefinitionNode = { ...definition, selectionSet: { kind: Kind.SELECTION_SET, selections } };
  const body = print(part.selectionSet);
  // A variable that only the other root fields use must not be declared.
  const variableDefinitions = (definition.variableDefinitions ?? []).filter(({ variable }) =>
    new RegExp(`\\$${variable.name.value}\\b`).test(body),
  );
  return stripIgnoredCharacters(print({ ...part, variableDefinitions }));
}
