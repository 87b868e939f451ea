import { composeServices, validateSubgraph } from '@theguild/federation-composition';
import { type DocumentNode, parse } from 'graphql';
import { type CompositionError, type LocatableSubgraph, toCompositionError } from './composition-error.ts';
import { collectCoordinates } from './schema-coordinates.ts';

/** What composition needs to know of an upstream. */
export interface SubgraphDefinition {
  /** Unique. */
  readonly name: string;
  /** Federation 1 or 2 SDL. */
  readonly sdl: string;
  /** Goes into `@join__graph(url:)`. */
  readonly url: string;
  /** The file that the SDL comes from, for messages. */
  readonly file?: string | undefined;
  /** What the file holds, where `sdl` was made from it and has other lines. */
  readonly source?: string | undefined;
}

export type Composition =
  | { readonly sdl: string /** What the graph silently lacks, one sentence each. */; readonly hints: readonly string[] }
  | { readonly errors: readonly CompositionError[] };

interface ParsedSubgraph extends LocatableSubgraph {
  readonly definition: SubgraphDefinition;
  readonly typeDefs: DocumentNode;
}

/**
 * Composes subgraphs of Federation 1 and 2 to one supergraph. Equal subgraphs give equal text, whatever their order.
 *
 * Each subgraph is checked by itself first, so that the errors of all of them come at once and name their places; only
 * subgraphs that are valid alone are composed.
 */
export function composeSupergraph(definitions: readonly SubgraphDefinition[]): Composition {
  const errors: CompositionError[] = [];
  const subgraphs: ParsedSubgraph[] = [];
  const names = new Set<string>();
  for (const definition of definitions.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const parsed = names.has(definition.name) ? { errors: [nameTaken(definition)] } : parseSubgraph(definition);
    if ('errors' in parsed) errors.push(...parsed.errors);
    else subgraphs.push(parsed);
    names.add(definition.name);
  }
  if (errors.length > 0) return { errors };
  if (subgraphs.length === 0) return { errors: [noSubgraphs()] };

  const result = attempt(() =>
    composeServices(subgraphs.map(({ definition: { name, url }, typeDefs }) => ({ name, url, typeDefs }))),
  );
  if ('thrown' in result) return { errors: [toCompositionError(result.thrown, subgraphs)] };
  if (result.value.errors !== undefined) {
    return { errors: result.value.errors.map((error) => toCompositionError(error, subgraphs)) };
  }
  const sdl = `${result.value.supergraphSdl.trimEnd()}\n`;
  return { sdl, hints: describeLosses(subgraphs, result.value.supergraphDocumentNode) };
}

/** What is wrong with a subgraph by itself, whatever the others are. */
export function checkSubgraph(definition: SubgraphDefinition): readonly CompositionError[] {
  const parsed = parseSubgraph(definition);
  return 'errors' in parsed ? parsed.errors : [];
}

function parseSubgraph(definition: SubgraphDefinition): ParsedSubgraph | { readonly errors: CompositionError[] } {
  const { name, sdl, file } = definition;
  const parsed = attempt(() => parse(sdl));
  if ('thrown' in parsed) {
    const unreadable = { name, file, coordinates: new Map(), hasOwnLines: true };
    return { errors: [toCompositionError(parsed.thrown, [unreadable], unreadable)] };
  }
  const typeDefs = parsed.value;
  const { coordinates, hasOwnLines } = locate(definition, typeDefs);
  const subgraph = { name, file, coordinates, hasOwnLines, definition, typeDefs };
  const validated = attempt(() => validateSubgraph({ name, typeDefs }));
  const found = 'thrown' in validated ? [validated.thrown] : validated.value;
  if (found.length === 0) return subgraph;
  return { errors: withoutEchoes(found.map((error) => toCompositionError(error, [subgraph], subgraph))) };
}

/** Places in the file where it differs from the SDL: what was generated has none. */
function locate(
  { sdl, source }: SubgraphDefinition,
  typeDefs: DocumentNode,
): Pick<LocatableSubgraph, 'coordinates' | 'hasOwnLines'> {
  const coordinates = collectCoordinates(typeDefs);
  const written = source === undefined || source === sdl ? undefined : attempt(() => parse(source));
  if (written === undefined || 'thrown' in written) return { coordinates, hasOwnLines: true };
  const places = collectCoordinates(written.value);
  return { coordinates: new Map([...coordinates.keys()].map((key) => [key, places.get(key)])), hasOwnLines: false };
}

/** Two rules may report one mistake, the second with fewer words. */
function withoutEchoes(errors: readonly CompositionError[]): CompositionError[] {
  const isEcho = ({ message, places: [place] }: CompositionError) =>
    errors.some(
      (other) =>
        other.message !== message &&
        other.message.startsWith(message) &&
        other.places[0]?.line === place?.line &&
        other.places[0]?.column === place?.column,
    );
  return errors.filter((error) => !isEcho(error));
}

/** Composition keeps only what all upstreams share of arguments, input fields and some enums: easily overlooked. */
function describeLosses(subgraphs: readonly ParsedSubgraph[], supergraph: DocumentNode): string[] {
  const composed = collectCoordinates(supergraph);
  const isLost = (coordinate: string) => {
    const parent = /^(.+)(?:\.[A-Za-z]\w*|\(\w+:\))$/.exec(coordinate)?.[1];
    return parent !== undefined && composed.has(parent) && !composed.has(coordinate);
  };
  return subgraphs.flatMap(({ name, coordinates }) =>
    [...coordinates.keys()]
      .filter(isLost)
      .map(
        (coordinate) =>
          `The graph lacks ${coordinate} of upstream "${name}": not every upstream that defines its parent has it`,
      ),
  );
}

function nameTaken({ name, file }: SubgraphDefinition): CompositionError {
  return {
    code: 'INVALID_SUBGRAPH_NAME',
    message: `Two upstreams have the name "${name}"`,
    coordinate: undefined,
    places: [{ upstream: name, file, line: undefined, column: undefined }],
    hint: 'Give one of them another name',
  };
}

function noSubgraphs(): CompositionError {
  return {
    code: 'NO_QUERIES',
    message: 'There is no upstream to compose',
    coordinate: undefined,
    places: [],
    hint: 'Define at least one upstream with a query field, or name a supergraph in `supergraph: source`',
  };
}

function attempt<T>(run: () => T): { readonly value: T } | { readonly thrown: unknown } {
  try {
    return { value: run() };
  } catch (thrown) {
    return { thrown };
  }
}
