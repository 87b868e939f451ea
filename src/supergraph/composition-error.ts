import { GraphQLError, getLocation, type Location } from 'graphql';
import { hintFor } from './composition-hints.ts';

/** Where in an upstream's SDL a composition error has its reason. */
export interface CompositionPlace {
  readonly upstream: string;
  /** The file of the SDL, where it comes from one. */
  readonly file: string | undefined;
  /** From 1, in the SDL as composition got it; `undefined` where the error is of the upstream as a whole. */
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/** Why upstreams do not compose. */
export interface CompositionError {
  /** As the federation specification names it, such as `FIELD_TYPE_MISMATCH`. */
  readonly code: string;
  readonly message: string;
  /** Such as `User.name`. */
  readonly coordinate: string | undefined;
  readonly places: readonly CompositionPlace[];
  /** What to change. */
  readonly hint: string;
}

/** What errors are located in: one upstream's SDL and what it defines. */
export interface LocatableSubgraph {
  readonly name: string;
  readonly file: string | undefined;
  readonly coordinates: ReadonlyMap<string, Location | undefined>;
  /** Whether positions in the SDL are those of the file. */
  readonly hasOwnLines: boolean;
}

/**
 * @param only The upstream that was being read alone; otherwise the error is of all of them together.
 */
export function toCompositionError(
  error: unknown,
  subgraphs: readonly LocatableSubgraph[],
  only?: LocatableSubgraph,
): CompositionError {
  const raw = error instanceof Error ? error.message : String(error);
  const { code = 'INVALID_GRAPHQL', subgraphName } = (error instanceof GraphQLError ? error.extensions : {}) as {
    readonly code?: string;
    readonly subgraphName?: string;
  };
  const owner = only ?? subgraphs.find(({ name }) => name === subgraphName || raw.startsWith(`[${name}] `));
  const message = owner && raw.startsWith(`[${owner.name}] `) ? raw.slice(owner.name.length + 3) : raw;
  const candidates = owner ? [owner] : mentioned(message, subgraphs);
  const coordinate = findCoordinate(message, candidates);
  const exact = owner ? exactPlace(error, owner) : undefined;
  const places = exact ? [exact] : candidates.flatMap((subgraph) => placeOf(coordinate, subgraph));
  if (places.length === 0 && owner) {
    places.push({ upstream: owner.name, file: owner.file, line: undefined, column: undefined });
  }
  return { code, message, coordinate, places, hint: hintFor(code, message) };
}

/** `file:line:column: upstream "a": message`, then the other places and the hint, one a line. */
export function formatCompositionError({ code, message, places, hint }: CompositionError): string {
  const [first, ...others] = places.map(
    ({ upstream, file, line, column }) =>
      `${file ?? `<sdl of ${upstream}>`}${line === undefined ? '' : `:${line}:${column}`}: upstream "${upstream}"`,
  );
  return [
    `${first === undefined ? '' : `${first}: `}${message} [${code}]`,
    ...others.map((place) => `  also ${place}`),
    `  ${hint}.`,
  ].join('\n');
}

function exactPlace(error: unknown, { name, file, hasOwnLines }: LocatableSubgraph): CompositionPlace | undefined {
  const location = hasOwnLines && error instanceof GraphQLError ? error.locations?.[0] : undefined;
  return location && { upstream: name, file, line: location.line, column: location.column };
}

/** Subgraphs that the message names after the word `subgraph`; all, where it names none. */
function mentioned(message: string, subgraphs: readonly LocatableSubgraph[]): readonly LocatableSubgraph[] {
  const start = message.search(/\bsubgraphs? "/);
  const found = start === -1 ? [] : subgraphs.filter(({ name }) => message.includes(`"${name}"`, start));
  return found.length > 0 ? found : subgraphs;
}

/** The first thing in the message, in quotes or as `Type.field`, that one of the subgraphs defines. */
function findCoordinate(message: string, subgraphs: readonly LocatableSubgraph[]): string | undefined {
  const words = message.match(/(?<=")[A-Za-z_]\w*(?=")|[A-Za-z_]\w*\.\w+(?:\(\w+:\))?/g) ?? [];
  return words.find((word) => subgraphs.some(({ coordinates }) => coordinates.has(word)));
}

/** Where the subgraph defines the coordinate, otherwise what the coordinate would have to be added to. */
function placeOf(coordinate: string | undefined, { name, file, coordinates }: LocatableSubgraph): CompositionPlace[] {
  let nearest = coordinate;
  while (nearest !== undefined && coordinates.get(nearest) === undefined) nearest = parentOf(nearest);
  const loc = nearest === undefined ? undefined : coordinates.get(nearest);
  if (loc === undefined) return [];
  const { line, column } = getLocation(loc.source, loc.start);
  return [{ upstream: name, file, line, column }];
}

function parentOf(coordinate: string): string | undefined {
  return /^(.+?)(?:\(\w+:\)|\.\w+)$/.exec(coordinate)?.[1];
}
