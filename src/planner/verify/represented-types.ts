import type { EntityBatchAlias } from '@graphql-hive/router-query-planner';
import { Kind, print, type SelectionNode } from 'graphql';
import type { FederationModel, FieldSet, SubgraphType } from '../model/federation-model.ts';
import { holdsFieldSet, renamedKeys, representationOf, representedAs } from './representations.ts';

export type EntityList = Pick<EntityBatchAlias, 'paths' | 'requires' | 'inputRewrites' | 'outputRewrites'>;

/** Objects of one type as a list of representations has them. */
export interface RepresentedType {
  readonly held: EntityBatchAlias['requires'];
  /** What the subgraph takes them for; `undefined`: it does not know them by their representations. */
  readonly target: SubgraphType | undefined;
  /** Whether they stand for all types of an interface, which the subgraph will tell. */
  readonly isAny: boolean;
  /** What is selected of them. */
  readonly selections: readonly SelectionNode[];
  /** Equal for types that have all of this alike. */
  readonly identity: string;
  holds(fieldSet: FieldSet): boolean;
}

/** How one list of representations treats objects of each type; `undefined`: they are not asked for. */
export function createRepresentedTypes(
  model: FederationModel,
  subgraph: string,
  selections: readonly SelectionNode[],
  { requires, inputRewrites = [] }: EntityList,
): (type: string) => RepresentedType | undefined {
  const renamed = renamedKeys(inputRewrites);
  const known = new Map<string, RepresentedType | undefined>();

  function represent(type: string): RepresentedType | undefined {
    const held = representationOf(model, requires, type);
    if (held === undefined) return undefined;
    const name = representedAs(model, inputRewrites, type);
    const target = model.entryAt(subgraph, name)?.type;
    const isAny = type === name && target?.kind === 'interface';
    const isKnown = target?.keys.some((key) => holdsFieldSet(held, key, renamed)) === true;
    const own = isAny ? selections : selections.flatMap((selection) => selectedOf(selection, type, name));
    return {
      held: [...held],
      target: isKnown ? target : undefined,
      isAny,
      selections: own,
      identity: `${target?.kind === 'object' ? '' : name} ${JSON.stringify(held)} ${own.map(print).join(' ')}`,
      holds: (fieldSet) => holdsFieldSet(held, fieldSet, renamed),
    };
  }

  /** What a selection of `_entities` selects of objects of a type. */
  function selectedOf(selection: SelectionNode, type: string, name: string): readonly SelectionNode[] {
    if (selection.kind !== Kind.INLINE_FRAGMENT) return [selection];
    const condition = selection.typeCondition?.name.value ?? name;
    return condition === name || model.satisfies(type, condition) ? selection.selectionSet.selections : [];
  }

  return (type) => {
    if (!known.has(type)) known.set(type, represent(type));
    return known.get(type);
  };
}
