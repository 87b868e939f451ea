import type { GraphQLScalarType } from 'graphql';
import type { Identity } from '../../../src/edge/request-context.ts';
import type { ArgumentPool } from '../random-arguments.ts';

/** An object of the data that all subgraphs of a fixture and its monolith share. */
export type Thing = Readonly<Record<string, unknown>>;

export interface FixtureContext {
  readonly identity: Identity | null;
}

/**
 * Computes a field. The source of a field with `@requires` has the required fields as they arrive in a representation.
 * Each resolver knows its own source and arguments; the map cannot.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type FixtureResolver = (source: any, args: any, context: FixtureContext) => unknown;

/**
 * By type and field; a field without one is the property of its name. Those of an interface serve all of its types.
 * `__resolveType` gives the type of a thing that has no `__typename`.
 */
export type FixtureResolvers = Readonly<
  Record<string, GraphQLScalarType | Readonly<Record<string, FixtureResolver>> | undefined>
>;

/** Subgraphs and the data behind them: both the subgraphs and the monolith are made from this, so they cannot drift. */
export interface Fixture {
  readonly name: string;
  /** Federation SDL by subgraph name. */
  readonly subgraphs: Readonly<Record<string, string>>;
  readonly resolvers: FixtureResolvers;
  /** The thing that a representation names by any of its keys; `null`: the subgraph has none. */
  resolveReference(typeName: string, keys: Thing, subgraph: string): Thing | null;
  /** What tells a thing apart from others of its type. Default: nothing does. */
  identify?(thing: Thing): string | undefined;
  /**
   * Whether a thing is only a key without data behind it: its owner has none of its fields, so none can fail there, whereas
   * a monolith would ask for each. Default: no.
   */
  isUnknown?(thing: Thing): boolean;
  /** Undoes what mutations did. */
  reset?(): void;
  readonly identity?: Identity;
  /** Arguments worth asking with. */
  readonly arguments?: ArgumentPool;
}

/** The federation specification's `@link` with all directives that fixtures use. */
export const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: [
  "@key", "@external", "@requires", "@provides", "@shareable", "@override", "@inaccessible", "@interfaceObject", "@tag"
])`;
