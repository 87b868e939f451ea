import type { ArgumentNode } from 'graphql';
import type { SubgraphField, SubgraphType } from '../model/federation-model.ts';
import type { Want } from './wants.ts';

/** What a fetch selects of one object: it grows while the plan is searched. */
export class Selection {
  /** Whether `__typename` is selected. */
  hasTypename = false;
  /** Fields of the type itself. */
  readonly own = new Map<string, SelectedField>();
  /** Fields of some object types only, by the types. */
  readonly byTypes = new Map<
    string,
    { readonly types: readonly string[]; readonly fields: Map<string, SelectedField> }
  >();

  /** @param types `undefined`: every object here has it. */
  add(
    types: readonly string[] | undefined,
    want: Want,
    field: SubgraphField,
    type: SubgraphType | undefined,
  ): SelectedField {
    const fields = types === undefined ? this.own : this.#fieldsOf(types);
    let selected = fields.get(want.key);
    if (selected === undefined) {
      selected = {
        key: want.key,
        name: want.name,
        arguments: want.arguments,
        argumentsText: want.argumentsText,
        shape: field.shape,
        below: type === undefined || want.selections.length === 0 ? undefined : new Selection(),
        alias: undefined,
      };
      fields.set(want.key, selected);
    }
    return selected;
  }

  /** All fields that an object of the type has. */
  fieldsFor(type: string): readonly SelectedField[] {
    return [...this.byTypes.values()].flatMap(({ types, fields }) =>
      types.includes(type) ? [...fields.values()] : [],
    );
  }

  /** Adds all that another selection of the same objects has. */
  absorb(other: Selection): void {
    this.hasTypename ||= other.hasTypename;
    absorbFields(this.own, other.own);
    for (const { types, fields } of other.byTypes.values()) absorbFields(this.#fieldsOf(types), fields);
  }

  #fieldsOf(types: readonly string[]): Map<string, SelectedField> {
    const identity = types.join('|');
    const known = this.byTypes.get(identity);
    if (known !== undefined) return known.fields;
    const fields = new Map<string, SelectedField>();
    this.byTypes.set(identity, { types, fields });
    return fields;
  }
}

export interface SelectedField {
  /** Where the data has it. */
  readonly key: string;
  readonly name: string;
  readonly arguments: readonly ArgumentNode[];
  readonly argumentsText: string;
  readonly shape: string;
  /** `undefined`: a leaf. */
  readonly below: Selection | undefined;
  /** The response key in the request, where it cannot be `key`. */
  alias: string | undefined;
}

function absorbFields(into: Map<string, SelectedField>, from: ReadonlyMap<string, SelectedField>): void {
  for (const [key, field] of from) {
    const known = into.get(key);
    if (known === undefined) into.set(key, field);
    else if (field.below !== undefined) known.below?.absorb(field.below);
  }
}
