import { Kind, type ValueNode } from 'graphql';
import type { SelectedField, Selection } from './selection.ts';

/** The text of a selection set, and the variables that it uses. */
export class SelectionPrinter {
  readonly variables = new Set<string>();

  /** @returns `{…}` */
  print(selection: Selection): string {
    const types = new Set([...selection.byTypes.values()].flatMap(({ types: of }) => of));
    const parts = [
      ...(selection.hasTypename ? ['__typename'] : []),
      ...[...selection.own.values()].map((field) => this.#printField(field)),
      ...[...types].map((type) => `...on ${type}${this.printFor(selection, type)}`),
    ];
    return `{${parts.length === 0 ? '__typename' : parts.join(' ')}}`;
  }

  /** The fields of objects of one type only. */
  printFor(selection: Selection, type: string): string {
    return `{${selection
      .fieldsFor(type)
      .map((field) => this.#printField(field))
      .join(' ')}}`;
  }

  #printField(field: SelectedField): string {
    for (const { value } of field.arguments) this.#noteVariables(value);
    const key = field.alias ?? field.key;
    const below = field.below === undefined ? '' : this.print(field.below);
    return `${key === field.name ? '' : `${key}:`}${field.name}${field.argumentsText}${below}`;
  }

  #noteVariables(value: ValueNode): void {
    if (value.kind === Kind.VARIABLE) this.variables.add(value.name.value);
    if (value.kind === Kind.LIST) for (const item of value.values) this.#noteVariables(item);
    if (value.kind === Kind.OBJECT) for (const field of value.fields) this.#noteVariables(field.value);
  }
}
