import type { FlattenNodePathSegment } from '@graphql-hive/router-query-planner';
import type { SubgraphType } from '../model/federation-model.ts';
import type { FetchUnit } from './fetch-unit.ts';
import type { Provided } from './provided.ts';
import type { Selection } from './selection.ts';

/** A place in the data where objects stand, whichever fetches they come from. */
export class Place {
  readonly path: readonly FlattenNodePathSegment[];
  /** Entity fetches about the objects at the place. */
  readonly units: FetchUnit[] = [];
  readonly #below = new Map<string, Place>();

  constructor(path: readonly FlattenNodePathSegment[]) {
    this.path = path;
  }

  /** @param types of the objects here whose field is meant; `undefined`: all. */
  below(types: readonly string[] | undefined, key: string, isList: boolean): Place {
    const identity = `${types?.join('|') ?? ''}.${key}`;
    let place = this.#below.get(identity);
    if (place === undefined) {
      place = new Place([
        ...this.path,
        ...(types === undefined ? [] : [{ TypeCondition: [...types] }]),
        { Field: key },
        ...(isList ? ['@' as const] : []),
      ]);
      this.#below.set(identity, place);
    }
    return place;
  }
}

/** Where the planner stands: at a place, within the selection of a fetch. */
export interface Arrival {
  readonly place: Place;
  readonly unit: FetchUnit;
  readonly subgraph: string;
  readonly type: SubgraphType;
  readonly selection: Selection;
  readonly provided: Provided;
  /** Subgraphs that could be asked for the objects of the place instead, with the one that is. */
  readonly alternatives: ReadonlySet<string>;
}
