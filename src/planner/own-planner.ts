import type { PlanNode, QueryPlan } from '@graphql-hive/router-query-planner';
import { type DocumentNode, Kind, print, type SelectionNode } from 'graphql';
import type { FederationModel } from './model/federation-model.ts';
import type { FetchUnit } from './search/fetch-unit.ts';
import { OptionFinder } from './search/find-options.ts';
import { mergeUnits } from './search/merge-units.ts';
import { ProvidedSets } from './search/provided.ts';
import { PlanSearch } from './search/search-plan.ts';
import { Wants } from './search/wants.ts';
import { inOne, writePlan } from './search/write-plan.ts';

/** Weir's own planner. */
export interface OwnPlanner {
  /**
   * @param document one normalised operation, every field under its data key, without root fields of introspection.
   * @throws {Error} where the subgraphs cannot answer all of it.
   */
  plan(document: DocumentNode): QueryPlan;
}

export function createOwnPlanner(model: FederationModel): OwnPlanner {
  return {
    plan(document) {
      const [definition] = document.definitions;
      if (definition?.kind !== Kind.OPERATION_DEFINITION) return { kind: 'QueryPlan' };
      const kind = definition.operation;
      const wants = new Wants(model);
      const provided = new ProvidedSets(wants);
      const options = new OptionFinder(model, wants, provided);
      const variableTypes = new Map(
        (definition.variableDefinitions ?? []).map(({ variable, type, defaultValue }) => [
          variable.name.value,
          // The default makes a nullable variable fit where null does not (GraphQL §5.8.5).
          defaultValue === undefined ? print(type) : `${print(type)}=${print(defaultValue)}`,
        ]),
      );
      const search = (selections: readonly SelectionNode[]): readonly FetchUnit[] => {
        const found = new PlanSearch(model, wants, provided, options);
        found.searchRoot(kind, selections);
        return mergeUnits(found.units);
      };
      const write = (units: readonly FetchUnit[]): PlanNode | undefined => writePlan(units, kind, variableTypes);
      const { selections } = definition.selectionSet;
      const units = search(selections);
      if (kind !== 'mutation' || units.length === 1) return toPlan(write(units));
      // GraphQL §6.2.2: a root field begins when the one before it is complete, entity fetches and all.
      return toPlan(
        inOne(
          'Sequence',
          selections.flatMap((root) => write(search([root])) ?? []),
        ),
      );
    },
  };
}

function toPlan(node: PlanNode | undefined): QueryPlan {
  return node === undefined ? { kind: 'QueryPlan' } : { kind: 'QueryPlan', node };
}
