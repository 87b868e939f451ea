import type { RequiresSelection } from '@graphql-hive/router-query-planner';
import type { Place } from './place.ts';
import { Selection } from './selection.ts';

/** One fetch of root fields, or of entities at one place. */
export class FetchUnit {
  readonly subgraph: string;
  /** From 1: it begins when all fetches of lower stages that it needs are complete. */
  readonly stage: number;
  /** `undefined`: root fields. */
  readonly entities: EntityPart | undefined;
  readonly selection = new Selection();
  /** Whether a later fetch needs what it answers. */
  isNeeded = false;

  constructor(subgraph: string, stage: number, entities: EntityPart | undefined) {
    this.subgraph = subgraph;
    this.stage = stage;
    this.entities = entities;
  }
}

export interface EntityPart {
  readonly place: Place;
  /** The interface that the subgraph knows the entities by; `undefined`: their own types. */
  readonly asInterface: string | undefined;
  /** Whether the entities' types are known; otherwise they are represented as the interface. */
  readonly isTyped: boolean;
  /** What representations hold, by the object type, or by the interface where types are not known. */
  readonly requires: Map<string, RequiresSelection[]>;
}
