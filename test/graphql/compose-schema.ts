import { composeSupergraph } from '../../src/supergraph/compose.ts';
import { readSupergraph, type Supergraph } from '../../src/supergraph/supergraph.ts';

export const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@external", "@requires", "@interfaceObject", "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize"
])`;

/** @throws {Error} with all that keeps the subgraphs from composing. */
export function compose(subgraphs: Readonly<Record<string, string>>): Supergraph {
  const definitions = Object.entries(subgraphs).map(([name, sdl]) => ({
    name,
    url: '',
    sdl: sdl.includes('@link') ? sdl : LINK + sdl,
  }));
  const composition = composeSupergraph(definitions);
  if ('errors' in composition) throw new Error(composition.errors.map(({ message }) => message).join('\n'));
  return readSupergraph(composition.sdl);
}
