import { type ArgumentNode, type FieldNode, Kind, print, type SelectionNode } from 'graphql';
import type { FederationModel } from '../model/federation-model.ts';

/** One data key with all that is selected under it; the same for all types for which the same fields were merged. */
export interface Want {
  readonly id: number;
  /** Where the data has it. */
  readonly key: string;
  readonly name: string;
  readonly arguments: readonly ArgumentNode[];
  readonly argumentsText: string;
  /** Selections of all merged fields; empty: a leaf. */
  readonly selections: readonly (readonly SelectionNode[])[];
}

/** A want and the object types that have it. */
export interface WantOf {
  readonly want: Want;
  readonly types: readonly string[];
  /** Whether it is wanted of the abstract type itself, not under a condition. */
  readonly isGeneral: boolean;
}

/** Collects what selections want of object types (GraphQL §6.3.2), each want once. */
export class Wants {
  readonly #model: FederationModel;
  readonly #nodeIds = new Map<SelectionNode, number>();
  readonly #wants = new Map<string, Want>();
  readonly #collected = new Map<string, readonly WantOf[]>();
  readonly #listIds = new Map<readonly SelectionNode[], number>();

  constructor(model: FederationModel) {
    this.#model = model;
  }

  /**
   * The wants of each of the types, in the order of selection.
   * @param abstractType the type of the place where the objects stand.
   */
  collect(types: readonly string[], selections: Want['selections'], abstractType?: string): readonly WantOf[] {
    const identity = `${types.join('|')}:${abstractType} ${selections.map((list) => this.#listId(list)).join('+')}`;
    const known = this.#collected.get(identity);
    if (known !== undefined) return known;
    const typesOf = new Map<Want, string[]>();
    for (const type of types) {
      const fields = new Map<string, FieldNode[]>();
      for (const list of selections) this.#visit(list, type, fields);
      for (const [key, nodes] of fields) {
        const want = this.#want(key, nodes);
        const known = typesOf.get(want);
        if (known === undefined) typesOf.set(want, [type]);
        else known.push(type);
      }
    }
    const general = new Set(
      abstractType === undefined ? [] : this.collect([abstractType], selections).map(({ want }) => want),
    );
    const collected = [...typesOf].map(([want, ofTypes]) => ({ want, types: ofTypes, isGeneral: general.has(want) }));
    this.#collected.set(identity, collected);
    return collected;
  }

  #visit(selections: readonly SelectionNode[], type: string, into: Map<string, FieldNode[]>): void {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        if (condition === undefined || this.#model.satisfies(type, condition)) {
          this.#visit(selection.selectionSet.selections, type, into);
        }
      } else if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const nodes = into.get(key);
        if (nodes === undefined) into.set(key, [selection]);
        else nodes.push(selection);
      }
    }
  }

  #want(key: string, nodes: readonly FieldNode[]): Want {
    const identity = nodes.map((node) => this.#nodeId(node)).join('+');
    const known = this.#wants.get(identity);
    if (known !== undefined) return known;
    const [first] = nodes as readonly [FieldNode, ...FieldNode[]];
    const want: Want = {
      id: this.#wants.size,
      key,
      name: first.name.value,
      arguments: first.arguments ?? [],
      argumentsText: textOf(first.arguments ?? []),
      selections: nodes.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet.selections])),
    };
    this.#wants.set(identity, want);
    return want;
  }

  #nodeId(node: SelectionNode): number {
    let id = this.#nodeIds.get(node);
    if (id === undefined) {
      id = this.#nodeIds.size;
      this.#nodeIds.set(node, id);
    }
    return id;
  }

  #listId(list: readonly SelectionNode[]): number {
    let id = this.#listIds.get(list);
    if (id === undefined) {
      id = this.#listIds.size;
      this.#listIds.set(list, id);
    }
    return id;
  }
}

function textOf(given: readonly ArgumentNode[]): string {
  if (given.length === 0) return '';
  return `(${given.map((argument) => `${argument.name.value}:${print(argument.value)}`).join(',')})`;
}
