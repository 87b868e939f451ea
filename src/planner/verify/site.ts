import { type ArgumentNode, print } from 'graphql';

/** A field's name and arguments, in one order. */
export function fieldText(name: string, given: readonly ArgumentNode[] | undefined): string {
  const texts = (given ?? []).map((argument) => `${argument.name.value}:${print(argument.value)}`);
  return `${name}(${texts.sort().join(',')})`;
}

/** What is known of a field: what it was asked as, and where its objects stand. */
export interface KnownField {
  /** Name and arguments. */
  readonly text: string;
  /** `undefined`: a leaf. */
  readonly below: Site | undefined;
}

/** What is known of the objects at a place, by their types. The name of an interface stands for objects whose type no one told. */
export class Site {
  readonly byType = new Map<string, Map<string, KnownField>>();

  fieldsOf(type: string): Map<string, KnownField> {
    const fields = this.byType.get(type) ?? new Map<string, KnownField>();
    this.byType.set(type, fields);
    return fields;
  }

  learnLeaf(types: readonly string[], key: string, text: string): void {
    for (const type of types) this.fieldsOf(type).set(key, { text, below: undefined });
  }

  /** The sites below a field of some types, which then are about those types alone. */
  enter(types: readonly string[], key: string, text: string): readonly Site[] {
    const sites = new Map<Site | undefined, string[]>();
    for (const type of types) {
      const below = this.fieldsOf(type).get(key)?.below;
      sites.set(below, [...(sites.get(below) ?? []), type]);
    }
    return [...sites].map(([known, of]) => {
      const isShared =
        known !== undefined &&
        [...this.byType].some(([type, fields]) => !of.includes(type) && fields.get(key)?.below === known);
      const below = known === undefined ? new Site() : isShared ? known.copy() : known;
      for (const type of of) this.fieldsOf(type).set(key, { text, below });
      return below;
    });
  }

  /** Gives all that is known of objects under the name of an interface to the types that they turn out to have. */
  tell(interfaceName: string, types: readonly string[]): void {
    const known = this.byType.get(interfaceName);
    if (known === undefined || types.includes(interfaceName)) return;
    this.byType.delete(interfaceName);
    for (const type of types) absorb(this.fieldsOf(type), known);
  }

  /** Whether the types of the objects, all of an interface, are known. */
  isTold(interfaceName: string, types: readonly string[]): boolean {
    return !this.byType.has(interfaceName) && types.some((type) => this.byType.get(type)?.has('__typename') === true);
  }

  copy(): Site {
    const copies = new Map<Site, Site>();
    const copyOf = (site: Site): Site => {
      const known = copies.get(site);
      if (known !== undefined) return known;
      const copy = new Site();
      copies.set(site, copy);
      for (const [type, fields] of site.byType) {
        for (const [key, { text, below }] of fields) {
          copy.fieldsOf(type).set(key, { text, below: below && copyOf(below) });
        }
      }
      return copy;
    };
    return copyOf(this);
  }
}

function absorb(into: Map<string, KnownField>, from: ReadonlyMap<string, KnownField>): void {
  for (const [key, { text, below }] of from) {
    const known = into.get(key);
    if (known === undefined) into.set(key, { text, below: below?.copy() });
    else if (below !== undefined) {
      for (const [type, fields] of below.byType)
        if (known.below !== undefined) absorb(known.below.fieldsOf(type), fields);
    }
  }
}
