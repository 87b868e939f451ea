import type { Fixture } from '../federation/fixture.ts';
import { depotFixture } from './depot.ts';
import { covariantFixture, interfaceObjectsFixture, libraryFixture } from './library.ts';
import { shopFixture } from './shop.ts';

/** Every supergraph on which engines and monolith are compared, each over data of its own. */
export const SUPERGRAPHS: Readonly<Record<string, () => Fixture>> = {
  shop: shopFixture,
  library: libraryFixture,
  covariant: covariantFixture,
  'interface-objects': interfaceObjectsFixture,
  depot: depotFixture,
};
