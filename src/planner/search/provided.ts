import type { SelectionNode } from 'graphql';
import type { SubgraphField } from '../model/federation-model.ts';
import type { Wants } from './wants.ts';

/** External fields that a subgraph resolves at one place, by `@provides` above it. Equal ones are the same object. */
export interface Provided {
  readonly id: number;
  readonly selections: readonly (readonly SelectionNode[])[];
}

export const NONE_PROVIDED: Provided = { id: 0, selections: [] };

export class ProvidedSets {
  readonly #wants: Wants;
  readonly #known = new Map<string, Provided>();
  readonly #ids = new Map<readonly SelectionNode[], number>();

  constructor(wants: Wants) {
    this.#wants = wants;
  }

  has(provided: Provided, type: string, fieldName: string): boolean {
    if (provided === NONE_PROVIDED) return false;
    return this.#wants.collect([type], provided.selections).some(({ want }) => want.name === fieldName);
  }

  /** What is provided below a field of an object of one of the types. */
  below(provided: Provided, types: readonly string[], field: SubgraphField): Provided {
    const nested =
      provided === NONE_PROVIDED
        ? []
        : this.#wants
            .collect(types, provided.selections)
            .flatMap(({ want }) => (want.name === field.name ? want.selections : []));
    const selections = field.provides === undefined ? nested : [...nested, field.provides.selections];
    if (selections.length === 0) return NONE_PROVIDED;
    const identity = selections.map((list) => this.#idOf(list)).join('+');
    const provides = this.#known.get(identity) ?? { id: this.#known.size + 1, selections };
    this.#known.set(identity, provides);
    return provides;
  }

  #idOf(list: readonly SelectionNode[]): number {
    const id = this.#ids.get(list) ?? this.#ids.size;
    this.#ids.set(list, id);
    return id;
  }
}
