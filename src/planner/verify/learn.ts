import { type FieldNode, Kind, type SelectionNode } from 'graphql';
import type { FederationModel, SubgraphField, SubgraphType } from '../model/federation-model.ts';
import { NONE_PROVIDED, type Provided, type ProvidedSets } from '../search/provided.ts';
import { fieldText, type Site } from './site.ts';

/** What a fetch selects somewhere, and of whom. */
export interface Lesson {
  readonly site: Site;
  readonly subgraph: string;
  /** The type of the place in the subgraph. */
  readonly type: SubgraphType;
  /** The types that objects there can have, as the data will say them. */
  readonly types: readonly string[];
  readonly selections: readonly SelectionNode[];
  readonly provided: Provided;
  /** Response keys from the root of the fetch. */
  readonly path: string;
  /** Whether the representations hold what a field requires; nowhere else can it be asked. */
  readonly holds?: ((field: SubgraphField) => boolean) | undefined;
}

/** Adds to a site what a fetch brings. */
export class Learner {
  readonly #model: FederationModel;
  readonly #provided: ProvidedSets;
  readonly #texts = new Map<FieldNode, string>();

  constructor(model: FederationModel, provided: ProvidedSets) {
    this.#model = model;
    this.#provided = provided;
  }

  /**
   * @param renames data keys by the path of the response key.
   * @returns what the subgraph cannot answer; `undefined`: it can answer all.
   */
  learn(lesson: Lesson, renames: ReadonlyMap<string, string>): string | undefined {
    const { subgraph, type, types, selections, path, site } = lesson;
    for (const type of types) site.fieldsOf(type);
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return 'A fragment was not unfolded';
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value ?? type.name;
        const narrowed = this.#narrow(lesson, condition);
        const wrong = narrowed && this.learn({ ...narrowed, selections: selection.selectionSet.selections }, renames);
        if (wrong !== undefined) return wrong;
        continue;
      }
      const name = selection.name.value;
      const responseKey = selection.alias?.value ?? name;
      const keyPath = `${path}.${responseKey}`;
      const key = renames.get(keyPath) ?? responseKey;
      const text = this.#textOf(selection);
      if (name === '__typename') {
        // An interface object tells its own name only.
        if (type.kind !== 'interfaceObject') site.learnLeaf(types, key, text);
        else site.learnLeaf(types.includes(type.name) ? [type.name] : [], key, text);
        continue;
      }
      for (const [field, of] of this.#fieldsOf(lesson, name)) {
        if (field === undefined) return `"${subgraph}" cannot be asked for "${name}" of ${of}`;
        if (selection.selectionSet === undefined) {
          site.learnLeaf(of, key, text);
          continue;
        }
        const typeBelow = this.#model.entryAt(subgraph, field.typeName)?.type;
        if (typeBelow === undefined) return `"${subgraph}" has no type "${field.typeName}"`;
        const provided = this.#provided.below(lesson.provided, of, field);
        for (const below of site.enter(of, key, text)) {
          const wrong = this.learn(
            {
              site: below,
              subgraph,
              type: typeBelow,
              types: typesIn(below, typeBelow),
              selections: selection.selectionSet.selections,
              provided,
              path: keyPath,
            },
            renames,
          );
          if (wrong !== undefined) return wrong;
        }
      }
    }
    return undefined;
  }

  /** One selection is met at every place that a fetch is about. */
  #textOf(field: FieldNode): string {
    const text = this.#texts.get(field) ?? fieldText(field.name.value, field.arguments);
    this.#texts.set(field, text);
    return text;
  }

  #narrow(lesson: Lesson, condition: string): Lesson | undefined {
    const { type, types, subgraph } = lesson;
    if (condition === type.name) return lesson;
    const satisfying = types.filter((name) => this.#model.satisfies(name, condition));
    if (satisfying.length === 0) return undefined;
    const narrower = this.#model.entryAt(subgraph, condition)?.type;
    return { ...lesson, type: narrower ?? type, types: satisfying };
  }

  /** The subgraph's fields of a name, and the types that have them; `undefined`: it cannot be asked. */
  #fieldsOf(lesson: Lesson, name: string): ReadonlyMap<SubgraphField | undefined, string[]> {
    const { type, types, subgraph, provided, holds } = lesson;
    const fields = new Map<SubgraphField | undefined, string[]>();
    for (const of of types) {
      const own = type.kind === 'interfaceObject' ? type : this.#model.entryAt(subgraph, of)?.type;
      const field = own?.fields.get(name);
      const isResolved =
        field !== undefined &&
        (!field.isExternal || (provided !== NONE_PROVIDED && this.#provided.has(provided, of, name))) &&
        (field.requires === undefined || holds?.(field) === true);
      // Types whose fields are alike share what is known below.
      const alike = [...fields.keys()].find(
        (known) => isResolved && known?.typeName === field.typeName && known.provides === field.provides,
      );
      const found = isResolved ? (alike ?? field) : undefined;
      fields.set(found, [...(fields.get(found) ?? []), of]);
    }
    return fields;
  }
}

/** The types of the objects that a subgraph answers at a site. An interface object tells none; but another subgraph may have told them. */
function typesIn(site: Site, { kind, name, members }: SubgraphType): readonly string[] {
  return kind === 'interfaceObject' && !site.isTold(name, members) ? [name] : members;
}
