import type {
  BatchFetchNode,
  FetchNode,
  FetchRewrite,
  FlattenNodePathSegment,
  PlanNode,
  QueryPlan,
} from '@graphql-hive/router-query-planner';
import { type DocumentNode, type FieldNode, Kind, parse, type SelectionNode } from 'graphql';
import type { FederationModel } from '../model/federation-model.ts';
import { NONE_PROVIDED, ProvidedSets } from '../search/provided.ts';
import { type Want, Wants } from '../search/wants.ts';
import { Learner } from './learn.ts';
import { findUnknown, knownField, standInFor } from './representations.ts';
import { createRepresentedTypes, type EntityList, type RepresentedType } from './represented-types.ts';
import { fieldText, Site } from './site.ts';

/**
 * Follows a plan step by step, and asks whether each subgraph can answer what it is asked there, whether representations hold a key that the
 * subgraph resolves and all that its fields require, whether that is known by then, and whether in the end the data has all that is selected.
 *
 * @param document what was planned: one operation, every field under its data key.
 * @returns the first thing that is wrong; `undefined`: nothing is.
 */
export function verifyPlan(model: FederationModel, plan: QueryPlan, document: DocumentNode): string | undefined {
  const [definition] = document.definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return 'There is no operation';
  const rootType = model.rootTypes.get(definition.operation) ?? '';
  const verification = new Verification(model, rootType);
  return (
    (plan.node && verification.follow(plan.node)) ??
    verification.findMissing(verification.root, rootType, [rootType], [definition.selectionSet.selections])
  );
}

class Verification {
  readonly root = new Site();
  readonly #model: FederationModel;
  readonly #rootType: string;
  readonly #wants: Wants;
  readonly #learner: Learner;
  /** What was looked for below sites: types may share them. */
  readonly #checked = new Map<Site, Set<Want>>();

  constructor(model: FederationModel, rootType: string) {
    this.#model = model;
    this.#rootType = rootType;
    this.#wants = new Wants(model);
    this.#learner = new Learner(model, new ProvidedSets(this.#wants));
  }

  follow(node: PlanNode, path: readonly FlattenNodePathSegment[] = []): string | undefined {
    switch (node.kind) {
      case 'Sequence':
      case 'Parallel':
        for (const child of node.nodes) {
          const wrong = this.follow(child, path);
          if (wrong !== undefined) return wrong;
        }
        return undefined;
      case 'Flatten':
        return this.follow(node.node, [...path, ...node.path]);
      case 'Fetch':
        return this.#followFetch(node, path);
      case 'Subscription':
        return this.#followFetch(node.primary, path);
      case 'BatchFetch':
        return this.#followBatch(node);
      default:
        return `A plan node of kind "${node.kind}" cannot be followed`;
    }
  }

  #followFetch(node: FetchNode, path: readonly FlattenNodePathSegment[]): string | undefined {
    const selections = unfold(parse(node.operation, { noLocation: true }));
    if (node.requires !== undefined) {
      const [entities] = selections;
      if (entities?.kind !== Kind.FIELD) return 'An entity fetch selects no entities';
      return this.#followEntities(node.serviceName, entities, { ...node, requires: node.requires, paths: [[...path]] });
    }
    const type = this.#model.entryAt(node.serviceName, this.#rootType)?.type;
    if (type === undefined) return `"${node.serviceName}" has no type "${this.#rootType}"`;
    return this.#learner.learn(
      {
        site: this.root,
        subgraph: node.serviceName,
        type,
        types: [this.#rootType],
        selections,
        provided: NONE_PROVIDED,
        path: '',
      },
      readRenames(node.outputRewrites),
    );
  }

  #followBatch({ serviceName, operation, entityBatch }: BatchFetchNode): string | undefined {
    const selections = unfold(parse(operation, { noLocation: true }));
    for (const list of entityBatch.aliases) {
      const entities = selections.find(
        (selection): selection is FieldNode =>
          selection.kind === Kind.FIELD && (selection.alias ?? selection.name).value === list.alias,
      );
      const wrong =
        entities === undefined
          ? 'A list of representations has no entities'
          : this.#followEntities(serviceName, entities, list);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  #followEntities(subgraph: string, entities: FieldNode, list: EntityList): string | undefined {
    const represented = createRepresentedTypes(this.#model, subgraph, entities.selectionSet?.selections ?? [], list);
    const renames = readRenames(list.outputRewrites);
    for (const path of list.paths) {
      for (const [site, types] of this.#find(this.root, undefined, path)) {
        // Types that are alike are followed together: their data stays alike below.
        const alike = new Map<string, { readonly as: RepresentedType; readonly types: string[] }>();
        for (const type of types) {
          const as = this.#isUntold(site, type) ? undefined : represented(type);
          if (as === undefined) continue;
          if (as.target === undefined) return `"${subgraph}" does not know ${type} by the representation that it gets`;
          const unknown = findUnknown(this.#model, site, [type], as.held);
          if (unknown !== undefined) {
            return `Representations for "${subgraph}" hold ${unknown}, which is not known by then`;
          }
          const group = alike.get(as.identity);
          if (group === undefined) alike.set(as.identity, { as, types: [type] });
          else group.types.push(type);
        }
        for (const { as, types: group } of alike.values()) {
          const wrong = this.#learnEntities(site, subgraph, as, group, renames);
          if (wrong !== undefined) return wrong;
        }
      }
    }
    return undefined;
  }

  #learnEntities(
    site: Site,
    subgraph: string,
    { target, isAny, selections, holds }: RepresentedType,
    types: readonly string[],
    renames: ReadonlyMap<string, string>,
  ): string | undefined {
    if (target === undefined) return undefined;
    const wrong = this.#learner.learn(
      {
        site,
        subgraph,
        type: target,
        types: isAny ? target.members : types,
        selections,
        provided: NONE_PROVIDED,
        path: '',
        holds: ({ requires }) => requires === undefined || holds(requires),
      },
      renames,
    );
    const isTold = isAny && target.members.every((member) => site.byType.get(member)?.has('__typename'));
    if (isTold) site.tell(target.name, target.members);
    return wrong;
  }

  /** Whether the data still gives objects of the type the name of an interface. */
  #isUntold(site: Site, type: string): boolean {
    return !site.byType.get(type)?.has('__typename') && standInFor(this.#model, site, type) !== undefined;
  }

  /** The sites at a path, and the types of their objects that are meant. */
  #find(
    site: Site,
    types: readonly string[] | undefined,
    path: readonly FlattenNodePathSegment[],
  ): readonly (readonly [Site, readonly string[]])[] {
    const of = types ?? [...site.byType.keys()];
    const [segment, ...rest] = path;
    if (segment === undefined) return [[site, of]];
    if (segment === '@') return this.#find(site, types, rest);
    if ('TypeCondition' in segment) {
      const narrowed = of.filter((type) =>
        segment.TypeCondition.some((condition) => this.#model.satisfies(type, condition)),
      );
      return this.#find(site, narrowed, rest);
    }
    const known = of.filter((type) => site.byType.get(type)?.get(segment.Field)?.below !== undefined);
    const [first] = known;
    const text = first === undefined ? '' : (site.byType.get(first)?.get(segment.Field)?.text ?? '');
    return site.enter(known, segment.Field, text).flatMap((below) => this.#find(below, undefined, rest));
  }

  /** What of the selections the data does not have, for objects of any type that can stand there. */
  findMissing(
    site: Site,
    placeType: string,
    types: readonly string[],
    selections: readonly (readonly SelectionNode[])[],
  ): string | undefined {
    const [untold] = types.flatMap((type) => standInFor(this.#model, site, type) ?? []);
    const general = untold === undefined ? [] : this.#wants.collect([untold], selections).map(({ want }) => want);
    for (const { want, types: of } of this.#wants.collect(types, selections)) {
      if (untold !== undefined && !general.includes(want))
        return `Nobody tells the types of ${untold} for "${want.key}"`;
      for (const type of of) {
        if (this.#cannotCome(placeType, type)) continue;
        const field = knownField(this.#model, site, type, want.key);
        const text = fieldText(want.name, want.arguments);
        if (field === undefined || field.text !== text) return `Nothing fetches "${want.key}" of ${type}`;
        if (want.selections.length === 0) continue;
        if (field.below === undefined) return `"${want.key}" of ${type} is fetched without its fields`;
        const checked = this.#checked.get(field.below) ?? new Set();
        if (checked.has(want)) continue;
        this.#checked.set(field.below, checked.add(want));
        const typeBelow = this.#model.fieldTypeName(type, want.name) ?? '';
        const wrong = this.findMissing(field.below, typeBelow, this.#typesAt(field.below), want.selections);
        if (wrong !== undefined) return wrong;
      }
    }
    return undefined;
  }

  /** The types of objects at a site. Where an interface stands for unknown types, it can be any of its types. */
  #typesAt({ byType }: Site): readonly string[] {
    return [
      ...new Set(
        [...byType.keys()].flatMap((type) =>
          this.#model.possibleTypes(type).length === 0 ? [type] : this.#model.possibleTypes(type),
        ),
      ),
    ];
  }

  /** Subgraphs that share a union field must answer alike: what not all of them know cannot come. */
  #cannotCome(placeType: string, type: string): boolean {
    return [...this.#model.subgraphs.values()].some((types) => {
      const place = types.get(placeType);
      return place?.kind === 'union' && !place.members.includes(type);
    });
  }
}

function readRenames(rewrites: readonly FetchRewrite[] | undefined): ReadonlyMap<string, string> {
  return new Map(
    (rewrites ?? []).flatMap((rewrite): readonly (readonly [string, string])[] => {
      if (!('KeyRenamer' in rewrite)) return [];
      const { path, renameKeyTo } = rewrite.KeyRenamer;
      return [[path.map((segment) => ('Key' in segment ? `.${segment.Key}` : '')).join(''), renameKeyTo]];
    }),
  );
}

/** The operation's selections with fragment spreads replaced by what they stand for. */
function unfold(document: DocumentNode): readonly SelectionNode[] {
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
  const replace = (selections: readonly SelectionNode[]): readonly SelectionNode[] =>
    selections.flatMap((selection): readonly SelectionNode[] => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value);
        return fragment === undefined
          ? []
          : [
              {
                kind: Kind.INLINE_FRAGMENT,
                typeCondition: fragment.typeCondition,
                selectionSet: { ...fragment.selectionSet, selections: replace(fragment.selectionSet.selections) },
              },
            ];
      }
      if (selection.selectionSet === undefined) return [selection];
      return [
        {
          ...selection,
          selectionSet: { ...selection.selectionSet, selections: replace(selection.selectionSet.selections) },
        } as SelectionNode,
      ];
    });
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  return operation === undefined ? [] : replace(operation.selectionSet.selections);
}
