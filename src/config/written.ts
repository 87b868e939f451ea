import type { Place } from './place.ts';

/** What the main file says, completed for the schema, and where. */
export interface Written {
  readonly data: unknown;
  readonly top: Place;
}
